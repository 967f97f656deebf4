using System.Net;
using Difusor.Agent.Configuration;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Publication;

/// <summary>
/// The page that a root shows while it serves no release: the agent's own, in Spanish and English, without any result.
/// It says whose results will be shown, and from when. It loads nothing from outside, and has the same bytes for the
/// same profile.
/// </summary>
public static class NoticePage
{
    public static string Html(ElectionProfile profile)
    {
        var opens = profile.Opens;
        var zone = Times.Zone(opens.Offset);
        var time = opens.ToString("HH:mm", CultureInfo.InvariantCulture);
        var spanish = $"{Times.Date(opens, Language.Es)}, {time} horas ({zone})";
        var english = $"{Times.Date(opens, Language.En)}, {time} ({zone})";
        var (title, authority) = (WebUtility.HtmlEncode(profile.Title), WebUtility.HtmlEncode(profile.Authority));
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
            <p>Los resultados electorales preliminares de {{authority}} se publican aquí a partir del <strong>{{spanish}}</strong>.</p>
            <p lang="en">The preliminary results of {{authority}} are published here from <strong>{{english}}</strong> on.</p>
            </body>
            </html>

            """;
    }
}
