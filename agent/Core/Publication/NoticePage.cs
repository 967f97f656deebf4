using System.Globalization;
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
    static readonly string[] Months =
    [
        "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre",
        "diciembre",
    ];

    public static string Html(ElectionProfile profile)
    {
        var opens = profile.Opens;
        var zone = Times.Zone(opens.Offset);
        var spanish = string.Create(
            CultureInfo.InvariantCulture,
            $"{opens.Day} de {Months[opens.Month - 1]} de {opens.Year}, {opens:HH:mm} horas ({zone})");
        var english = string.Create(CultureInfo.InvariantCulture, $"{opens:d MMMM yyyy, HH:mm} ({zone})");
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
