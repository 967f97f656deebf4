using Difusor.Agent.Sentinel;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Conformity;

/// <summary>
/// Clause I.3: what readers get is what the agent publishes. This is seen, not concluded from settings.
/// </summary>
static class ReaderRules
{
    /// <summary>
    /// Judges what this Apache shows for the site's name. Another of its sites with the same name may come first, and
    /// nothing in the agent's own site tells.
    /// </summary>
    /// <returns>Null if it shows what is published.</returns>
    public static ConformityRow? OnThisHost(Clause clause, HostFacts host, ApacheSite site)
    {
        if (host.Readers.Seen is not { } views)
            return clause.Unseen(host.Readers.Hidden ?? new Said("check.served-unread"));
        if (views.ByLoopback is { IsRight: true }) return null;
        if (views.ByLoopback is { Finding.Trouble: ProbeTrouble.NoAnswer } silent)
            return views.ByName.IsRight ? null : clause.Fail(
                new Said("check.served-nobody", ("url", silent.Shown)), new Said("check.served-nobody-here"),
                "systemctl restart " + host.System.Either("apache2", "httpd"));
        var found = Wrong(views.ByLoopback);
        var list = host.System.Either("apache2ctl -S", "httpd -S");
        return site.Rival is { } rival
            ? clause.Fail(found, new Said("check.served-rival", ("site", site.Name), ("place", rival)), list)
            : clause.Fail(found, new Said("check.served-mend"), list);
    }

    /// <summary>
    /// Judges what the public name shows. A cache that is behind is reported, and whatever cannot be reached from here
    /// has to be looked at from elsewhere.
    /// </summary>
    public static ConformityRow ByName(Clause clause, HostFacts host)
    {
        if (host.Readers.Seen is not { ByName: var view } views)
            return clause.Unseen(host.Readers.Hidden ?? new Said("check.served-unread"));
        if (view.IsRight)
            return clause.Pass(new Said("check.served-right", ("url", view.Shown), ("count", view.Compared)));
        return view.Finding!.Trouble switch
        {
            ProbeTrouble.NoAnswer => clause.ByHand(
                new Said("check.served-nobody", ("url", view.Shown)), new Said("check.served-nobody-mend")),
            ProbeTrouble.Stale => clause.Warn(Wrong(view), new Said("check.served-stale-mend")),
            ProbeTrouble.Certificate or ProbeTrouble.Redirect or ProbeTrouble.Login or ProbeTrouble.Forbidden
                or ProbeTrouble.Missing or ProbeTrouble.ErrorPage or ProbeTrouble.Encoded or ProbeTrouble.Garbled
                or ProbeTrouble.Rewritten => clause.Fail(Wrong(view), new Said(
                    // Where this host answers the same, the cause is here and not on the way.
                    views.ByLoopback.Finding?.Trouble == view.Finding.Trouble
                        ? "check.served-here-too" : "check.served-name-mend")),
        };
    }

    static Said Wrong(ReaderView view) => new(
        "check.served-wrong", ("url", view.Shown), ("path", view.Finding!.Path),
        ("what",
            new Said(
            $"check.served-{KebabCase.Of(view.Finding.Trouble.ToString())}", ("status", view.Finding.Status))));
}
