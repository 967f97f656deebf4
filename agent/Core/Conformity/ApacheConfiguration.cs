namespace Difusor.Agent.Conformity;

/// <summary>
/// A section that contains a directive: <c>Directory</c> and <c>/srv/www</c>. The number distinguishes two equal
/// sections.
/// </summary>
public sealed record ApacheSection(string Name, string Argument, int Number)
{
    public bool Is(string name) => Name.Equals(name, StringComparison.OrdinalIgnoreCase);
}

/// <param name="Place"><c>/etc/apache2/apache2.conf:12</c>.</param>
/// <param name="Within">The sections around it, outermost first.</param>
public sealed record ApacheDirective(
    string Name, ImmutableArray<string> Arguments, string Place, ImmutableArray<ApacheSection> Within)
{
    public bool Is(string name) => Name.Equals(name, StringComparison.OrdinalIgnoreCase);

    /// <summary>Returns an argument; empty if there are not so many.</summary>
    public string this[int at] => at < Arguments.Length ? Arguments[at] : "";

    public override string ToString() => $"{Name} {string.Join(' ', Arguments)} ({Place})";
}

/// <summary>
/// Apache's configuration in force: what <c>httpd -t -D DUMP_CONFIG</c> (mod_info) prints, with files included and
/// conditions and variables resolved.
/// </summary>
public sealed class ApacheConfiguration
{
    ApacheConfiguration(ImmutableArray<ApacheDirective> directives, ImmutableArray<ApacheSection> hosts) =>
        (Directives, Hosts) = (directives, hosts);

    public ImmutableArray<ApacheDirective> Directives { get; }

    /// <summary>Gets the virtual hosts.</summary>
    public ImmutableArray<ApacheSection> Hosts { get; }

    public static ApacheConfiguration Read(string dump)
    {
        var directives = ImmutableArray.CreateBuilder<ApacheDirective>();
        var hosts = ImmutableArray.CreateBuilder<ApacheSection>();
        var within = ImmutableArray<ApacheSection>.Empty;
        string file = "?", line = "?";
        var begun = false;
        foreach (var text in dump.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (text.StartsWith("# In file: ", StringComparison.Ordinal))
                (file, begun) = (text["# In file: ".Length..], true);
            else if (text[0] == '#') line = text.Trim('#', ' ', ':');
            else if (!begun) continue;   // other dumps come first
            else if (text.StartsWith("</", StringComparison.Ordinal))
                within = within.IsEmpty ? within : within.RemoveAt(within.Length - 1);
            else if (text[0] == '<')
            {
                var words = Words(text.TrimStart('<').TrimEnd('>'));
                if (words.IsEmpty) continue;
                var section = new ApacheSection(
                    words[0], string.Join(' ', words.Skip(1)), directives.Count + hosts.Count + within.Length);
                within = within.Add(section);
                if (section.Is("VirtualHost")) hosts.Add(section);
            }
            else if (text.StartsWith("ServerRoot: ", StringComparison.Ordinal)) break;   // DUMP_RUN_CFG follows
            else if (Words(text) is [var name, .. var arguments])
                directives.Add(new ApacheDirective(name, [.. arguments], $"{file}:{line}", within));
        }
        return new ApacheConfiguration(directives.ToImmutable(), hosts.ToImmutable());
    }

    /// <summary>
    /// Splits a line into words as Apache does: separated by spaces, or in quotes, with a backslash before a literal
    /// quote or backslash.
    /// </summary>
    static ImmutableArray<string> Words(string text)
    {
        var words = ImmutableArray.CreateBuilder<string>();
        var word = new StringBuilder();
        for (var at = 0; at < text.Length; at++)
        {
            if (char.IsWhiteSpace(text[at])) continue;
            word.Clear();
            var quote = text[at] is '"' or '\'' ? text[at++] : '\0';
            for (; at < text.Length && (quote == '\0' ? !char.IsWhiteSpace(text[at]) : text[at] != quote); at++)
            {
                if (quote != '\0' && text[at] == '\\' && at + 1 < text.Length
                    && (text[at + 1] == quote || text[at + 1] == '\\')) at++;
                word.Append(text[at]);
            }
            words.Add(word.ToString());
        }
        return words.ToImmutable();
    }
}
