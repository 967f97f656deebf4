using System.Net;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Journal;

/// <summary>
/// What the HTML pages have in common: text that cannot become markup, and the beginning of a report in one file.
/// </summary>
static class HtmlReport
{
    /// <summary>
    /// Returns the beginning of a report: title, style, heading and introduction. The rest goes into one main element.
    /// </summary>
    public static string Head(Language language, string title, string intro, string style) =>
        $"<!DOCTYPE html>\n<html lang=\"{language.Tag()}\">\n<meta charset=\"utf-8\">\n"
        + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        + $"<title>{Encoded(title)}</title>\n<style>\n{style}\n</style>\n"
        + $"<div role=\"banner\">\n<h1>{Encoded(title)}</h1>\n<p>{Encoded(intro)}</p>\n</div>\n";

    /// <summary>Returns the text of a file that is built in.</summary>
    public static string Asset(string name)
    {
        using var reader = new StreamReader(typeof(HtmlReport).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    /// <summary>Returns a text as one line of HTML.</summary>
    public static string Encoded(string text) => WebUtility.HtmlEncode(Printable.Line(text));
}
