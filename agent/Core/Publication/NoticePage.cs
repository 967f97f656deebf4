using System.Net;
using Difusor.Agent.Configuration;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Publication;

/// <summary>
/// The page that a root shows while it serves no release: the agent's own, in Spanish and English, without any result.
/// It says whose results will be shown, and from when; after a withdrawal, that the publication was withdrawn. It loads
/// nothing from outside, and has the same bytes for the same profile.
/// </summary>
public static class NoticePage
{
    /// <summary>Returns the page that says when the results will be shown.</summary>
    public static string Html(ElectionProfile profile)
    {
        var opens = profile.Opens;
        var zone = Times.Zone(opens.Offset);
        var time = opens.ToString("HH:mm", CultureInfo.InvariantCulture);
        var spanish = $"{Times.Date(opens, Language.Es)}, {time} horas ({zone})";
        var english = $"{Times.Date(opens, Language.En)}, {time} ({zone})";
        var authority = WebUtility.HtmlEncode(profile.Authority);
        return Page(
            profile,
            $"Los resultados electorales preliminares de {authority} se publican aquí a partir del "
                + $"<strong>{spanish}</strong>.",
            $"The preliminary results of {authority} are published here from <strong>{english}</strong> on.");
    }

    /// <summary>Returns the page that says that an operator has taken the publication down.</summary>
    public static string Withdrawn(ElectionProfile profile)
    {
        var authority = WebUtility.HtmlEncode(profile.Authority);
        return Page(
            profile,
            $"La publicación de los resultados electorales preliminares de {authority} en este sitio fue retirada.",
            $"The publication of the preliminary results of {authority} on this site has been withdrawn.");
    }

    static string Page(ElectionProfile profile, string spanish, string english)
    {
        var title = WebUtility.HtmlEncode(profile.Title);
        return $$"""
            <!DOCTYPE html>
            <html lang="es">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="robots" content="noindex">
            <title>{{title}}</title>
            <style>body{font-family:sans-serif;max-width:40em;margin:15vh auto;padding:0 1em;line-height:1.5}</style>
            </head>
            <body>
            <h1>{{title}}</h1>
            <p>{{spanish}}</p>
            <p lang="en">{{english}}</p>
            </body>
            </html>

            """;
    }
}
