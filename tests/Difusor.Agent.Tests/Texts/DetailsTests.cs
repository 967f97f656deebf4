using System.Text.RegularExpressions;
using Difusor.Agent.Linux.Files;
using Difusor.Agent.Texts;
using Mono.Unix.Native;

namespace Difusor.Agent.Tests.Texts;

/// <summary>What the program notes in English has its words in both languages.</summary>
public sealed partial class DetailsTests
{
    /// <summary>The sources that say what they found; the rest of their texts are commands, names and bugs.</summary>
    static readonly string[] Folders =
        ["Core/Packages", "Core/Verification", "Core/Drop", "Linux/PackageFiles", "Linux/Drop", "Linux/Sentinel",
            "Linux/Syslog", "Linux/Store", "Linux/Journal", "Linux/Host", "Linux/Files", "Linux/Control",
            "Linux/Setup", "Linux/Rehearsal", "Core/Night", "Agent/Daemon"];
    static readonly string[] Files =
        ["SealedTree.cs", "ProbeJudgement.cs", "Expectation.cs", "JournalTail.cs", "StartProof.cs"];

    /// <summary>What looks like a sentence, and is a name or what a program writes.</summary>
    static readonly string[] Names =
        ["standard output", "standard error", "Status: active", "difusor-agent releases activate 7 --reason ...",
            "mount -o remount,rw 7"];

    [Fact]
    public void EachDetailThatTheSourcesSayIsInTheTable()
    {
        var said = Repository.Sources()
            .Where(file => Folders.Any(folder => file.Contains($"/agent/{folder}/", StringComparison.Ordinal))
                || Files.Contains(Path.GetFileName(file)))
            .SelectMany(Said).Except(Names).ToList();
        Assert.True(said.Count > 160, "the sources were not read");
        var unknown = said.Where(text => !Details.Has(text)).ToList();
        Assert.True(unknown.Count == 0, string.Join('\n', unknown));
    }

    [Theory]
    [InlineData(Errno.EACCES), InlineData(Errno.EPERM), InlineData(Errno.ENOENT), InlineData(Errno.ENOTDIR)]
    [InlineData(Errno.ENOSPC), InlineData(Errno.EROFS), InlineData(Errno.EIO), InlineData(Errno.EMFILE)]
    [InlineData(Errno.ENOMEM), InlineData(Errno.EBUSY), InlineData(Errno.EADDRINUSE), InlineData(Errno.EDQUOT)]
    [InlineData(Errno.EADDRNOTAVAIL), InlineData(Errno.ECONNREFUSED), InlineData(Errno.EXDEV), InlineData(Errno.ELOOP)]
    public void WhatTheSystemRefusesIsTold(Errno errno)
    {
        var message = new SystemFault("open", "/srv/difusor/entrega", errno).Message;
        Assert.True(Details.Has(message), message);
        foreach (var language in new[] { Language.Es, Language.En })
        {
            var told = Details.In(language, message);
            Assert.StartsWith("/srv/difusor/entrega: ", told, StringComparison.Ordinal);
            Assert.Contains($"(open: {errno})", told, StringComparison.Ordinal);
            Assert.Empty(OneLanguage.Foreign(language, told));
        }
    }

    [Theory]
    [InlineData("line 3: a digest of 60 digits, which no known algorithm has",
        "línea 3: una huella de 60 dígitos, que no es de ningún algoritmo conocido")]
    [InlineData("no HASH file lists it", "ningún archivo HASH lo nombra")]
    [InlineData("sha256.txt lists it; there is A.HTML", "lo nombra sha256.txt; lo que llegó es A.HTML")]
    [InlineData("1 files have only MD5 or SHA-1 digests, which hashes.algorithms allows",
        "1 archivo tiene solo huella MD5 o SHA-1, que hashes.algorithms permite")]
    [InlineData("expected sha256 ab, found cd; 3 bytes expected, 4 found",
        "se esperaba sha256 ab, se encontró cd; se esperaban 3 bytes, hay 4")]
    [InlineData("a symbolic link in the place of a file", "un enlace simbólico en lugar de un archivo")]
    [InlineData("rename /a to /b: Operation not permitted (EPERM). Run as root: chattr -i /a",
        "/a to /b: el sistema no lo permite (rename: EPERM); revise el dueño, y con lsattr si es inmutable. "
        + "Ejecute como root: chattr -i /a")]
    [InlineData("notify.command ended with 3: curl: (6) x", "notify.command terminó con el código 3: curl: (6) x")]
    [InlineData("notify.command ended with 127: /bin/sh: 1: eval: /no/such/thing: not found",
        "notify.command no encontró el programa (código 127): /bin/sh: 1: eval: /no/such/thing: not found")]
    [InlineData("Could not find file '/etc/x'.", "no existe el archivo /etc/x")]
    [InlineData("Connection refused 127.0.0.1:601",
        "127.0.0.1:601: la conexión se rechaza: nadie escucha ahí; vea que el programa esté en marcha, y el puerto")]
    [InlineData("inotify_add_watch: ENOSPC",
        "se acabaron las vigilancias del kernel, fs.inotify.max_user_watches")]
    [InlineData("EACCES, mode 100600, uid 0", "sin permiso (modo 100600, uid 0)")]
    public void ADetailIsSaidInSpanish(string said, string spanish) =>
        Assert.Equal(spanish, Details.In(Language.Es, said));

    [Theory]
    [InlineData("a pen {drive} of nobody"), InlineData(""), InlineData("{detail}. Run")]
    public void WhatIsNotInTheTableStaysAsItIs(string said) => Assert.Equal(said, Details.In(Language.Es, said));

    [Fact]
    public void AValueOfASenderIsNotFilledInAgain() =>
        Assert.Equal("lo nombra {near}", Details.In(Language.Es, "{near} lists it"));

    /// <summary>A shell that wrote "X: not found" made the whole sentence the name of a program.</summary>
    [Fact]
    public void WhatAnotherProgramWroteIsNeverTakenForASentenceOfOurs()
    {
        var around = Details.All.Where(detail => detail.Names.Contains("said")).ToList();
        Assert.True(around.Count > 3, "the table was not read");
        foreach (var detail in around)
            foreach (var other in Details.All)
            {
                var (said, expected) = (Filled(detail, Filled(other, "X")), detail.Text.Es.Split('{')[1..]);
                var told = Details.In(Language.Es, said);
                Assert.StartsWith("X" + expected[0][(expected[0].IndexOf('}') + 1)..], told, StringComparison.Ordinal);
            }

        static string Filled(Detail detail, string said)
        {
            var text = new StringBuilder(detail.Literals[0]);
            for (var at = 0; at < detail.Names.Length; at++)
                text.Append(detail.Names[at] == "said" ? said : "X").Append(detail.Literals[at + 1]);
            return text.ToString();
        }
    }

    [Fact]
    public void ARowCanBeToldFromItsValuesAndSaysNoOthers()
    {
        foreach (var detail in Details.All)
        {
            Assert.Contains(detail.Literals, literal => literal.Length > 0);
            Assert.DoesNotContain("", detail.Literals.Skip(1).SkipLast(1));
            foreach (var text in new[] { detail.Text.Es, detail.Text.En })
                Assert.Empty(Name().Matches(text).Select(match => match.Groups[1].Value).Except(detail.Names));
        }
    }

    /// <summary>Returns the prose in a file's literals, with 7 for each value; not what an exception says.</summary>
    static IEnumerable<string> Said(string file)
    {
        var source = Thrown().Replace(Comment().Replace(File.ReadAllText(file), ""), "");
        source = Joined().Replace(source, "");
        return Literal().Matches(source).Select(match => Hole().Replace(match.Groups[1].Value, "7"))
            .Where(text => Prose().IsMatch(text))
            .Select(text => text.Replace("\\\\", "\\", StringComparison.Ordinal));
    }

    [GeneratedRegex(@"//.*")]
    private static partial Regex Comment();

    /// <summary>A bug of ours; what the system or a file is to blame for is told.</summary>
    [GeneratedRegex(@"new (?:InvalidOperation|Argument\w*|InvalidData|NotSupported|ObjectDisposed)Exception\([^;]*;")]
    private static partial Regex Thrown();

    [GeneratedRegex("\"\\s*\\+\\s*\\$?\"")]
    private static partial Regex Joined();

    [GeneratedRegex(
        """\$?"((?:[^"\\\n{]|\\.|\{[^{}"]*(?:"[^"]*"[^{}"]*)*\})*)" """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Literal();

    [GeneratedRegex("""\{[^{}"]*(?:"[^"]*"[^{}"]*)*\}""")]
    private static partial Regex Hole();

    /// <summary>Two small words in a row; a format of time is none.</summary>
    [GeneratedRegex(@"^(?!.*yyyy).*[a-z]{2,}[ ,:]+[a-z]{2,}")]
    private static partial Regex Prose();

    [GeneratedRegex(@"\{(\w+)")]
    private static partial Regex Name();
}
