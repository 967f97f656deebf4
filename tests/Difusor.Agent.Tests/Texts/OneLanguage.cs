using System.Reflection;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Difusor.Agent.Events;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Tests.Texts;

/// <summary>Finds in what people read words of the other language, and codes that stand without their words.</summary>
static partial class OneLanguage
{
    /// <summary>The enumerations whose members are codes in the fields of events.</summary>
    static readonly Type[] Coded =
        [typeof(CrowdCause), typeof(OverdueCause), typeof(IgnoredCause), typeof(ClockTrouble), typeof(JumpCause),
            typeof(RunEnd), typeof(TroubleEndCause)];

    static readonly string[] Codes =
    [
        .. ReasonCatalogue.Rejections.Keys.Concat(ReasonCatalogue.Warnings.Keys).Concat(ReasonCatalogue.Holds.Keys)
            .Concat(Coded.SelectMany(CodesOf)).Distinct(),
    ];

    /// <summary>Returns the codes of an enumeration as the journal has them.</summary>
    public static IEnumerable<string> CodesOf(Type type) => Enum.GetNames(type).Select(
        name => type.GetField(name)!.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name
            ?? KebabCase.Of(name));

    /// <summary>Returns the words of a text that are of the other language.</summary>
    public static IEnumerable<string> Foreign(Language language, string text) =>
        (language == Language.Es ? English() : Spanish()).Matches(Plain(text)).Select(
            match => $"{match.Value}: {text}");

    /// <summary>
    /// Returns the codes of a text that are not in brackets behind their words. One that is an English word like any
    /// other is looked for in Spanish only.
    /// </summary>
    public static IEnumerable<string> Bare(Language language, string text)
    {
        var plain = Plain(text);
        return Codes.Where(code => language == Language.Es || code.Contains('-', StringComparison.Ordinal))
            .Where(code => Regex.IsMatch(plain, $@"(?<![\w(-]){Regex.Escape(code)}(?![\w)-])"))
            .Select(code => $"{code}: {text}");
    }

    /// <summary>Returns a value of syslog without the codes that it is or begins with.</summary>
    public static string WithoutCodes(string value) => LeadingCodes().Replace(value, "");

    /// <summary>Returns where a sentence begins with a small letter that is no command or name.</summary>
    public static IEnumerable<string> SmallBeginnings(string text) =>
        AfterAStop().Matches(text).Select(match => $"{match.Value}: {text}");

    /// <summary>Returns what people see of a page.</summary>
    public static string Visible(string html) =>
        System.Net.WebUtility.HtmlDecode(Markup().Replace(html, " "));

    /// <summary>
    /// Leaves out what is no prose: codes in brackets, what is quoted, values, paths, options, dotted names.
    /// </summary>
    static string Plain(string text)
    {
        text = Agreeing().Replace(text, "$1 $2");
        return NoProse().Replace(text, " ");
    }

    [GeneratedRegex(@"\b(the|of|is|are|was|were|not|cannot|with|and|has|have|been|which|this|that|from|its|it|by|nor"
        + @"|than|more|while|where|there|what|failed|denied|missing|must|file|files|folder|package|an)\b",
        RegexOptions.IgnoreCase)]
    private static partial Regex English();

    [GeneratedRegex(@"\b(el|los|las|del|que|con|una|está|lo|por|para|sin|hay|ya|se|al|más|archivo|archivos|carpeta"
        + @"|paquete|y|de|la|un)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Spanish();

    [GeneratedRegex(@"\{\w+\|([^|}]*)\|([^}]*)\}")]
    private static partial Regex Agreeing();

    [GeneratedRegex(@"\([a-z]+(?:-[a-z]+)+\)|"
        + "«[^»]*»|\"[^\"]*\"|'[^']*'|`[^`]*`" + @"|\{[^}]*\}|(https?:/)?[\w.*~-]*(/[\w.*~@{}-]*)+"
        + @"|--?[\w-]+(?: [a-z]+(?:-[a-z]+)+)?|\b[\w-]+\.[\w.]+\b")]
    private static partial Regex NoProse();

    [GeneratedRegex(@"^[a-z]+(-[a-z]+)*(,[a-z]+(-[a-z]+)*)*(?=$|: | \()")]
    private static partial Regex LeadingCodes();

    [GeneratedRegex(@"[.!?…] +[a-záéíóúñ]+(?![\w./=-])")]
    private static partial Regex AfterAStop();

    [GeneratedRegex("<style.*?</style>|<code>.*?</code>|<[^>]+>", RegexOptions.Singleline)]
    private static partial Regex Markup();
}
