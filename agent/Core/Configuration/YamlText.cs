using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Difusor.Agent.Configuration;

/// <summary>
/// Reads a small YAML file into <see cref="YamlNode"/>s with YamlDotNet's parser, whatever bytes it is given. Refuses
/// what configuration does not need: anchors, aliases, tags, a second document, deep nesting, more than 256 KiB.
/// </summary>
static class YamlText
{
    public const int Limit = 256 << 10;
    const int Depth = 12;
    static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <returns>The document; null if there is none, and then <paramref name="problems"/> says why.</returns>
    public static YamlNode? Read(ReadOnlySpan<byte> bytes, Problems problems)
    {
        if (bytes.Length > Limit) return Refuse(problems, Position.Start, "config.too-large", ("limit", "256KiB"));
        if (Decode(bytes, problems) is not { } text) return null;
        if (TabIn(text) is { } tab) return Refuse(problems, tab, "config.tab");
        var parser = new Parser(new StringReader(text));
        try
        {
            parser.Consume<StreamStart>();
            if (parser.Accept<StreamEnd>(out _)) return Refuse(problems, Position.Start, "config.empty");
            parser.Consume<DocumentStart>();
            var node = ReadNode(parser, problems, Depth);
            if (node is null) return null;
            parser.Consume<DocumentEnd>();
            return parser.Accept<StreamEnd>(out _) ? node
                : Refuse(problems, At(parser.Current!), "config.second-document");
        }
        catch (YamlException fault)
        {
            return Refuse(problems, At(fault.End), "config.not-yaml", ("detail", fault.Message));
        }
        catch (Exception fault)
            when (fault is ArgumentException or InvalidOperationException or FormatException or OverflowException
            or IndexOutOfRangeException or NullReferenceException)
        {
            // The parser's own errors on bytes that are not YAML have no position: the last thing that it read has.
            return Refuse(
                problems, parser.Current is { } last ? At(last) : Position.Start, "config.not-yaml",
                ("detail", fault.Message));
        }
    }

    /// <returns>The text; null if it is not UTF-8, and then <paramref name="problems"/> says so.</returns>
    internal static string? Decode(ReadOnlySpan<byte> bytes, Problems problems)
    {
        if (bytes.StartsWith("\ufeff"u8)) bytes = bytes[3..];
        try { return Strict.GetString(bytes); }
        catch (DecoderFallbackException fault)
        {
            var before = bytes[..Math.Clamp(fault.Index, 0, bytes.Length)];
            var line = before[(before.LastIndexOf((byte)'\n') + 1)..];
            problems.Add(
                new Position(before.Count((byte)'\n') + 1, Encoding.UTF8.GetCharCount(line) + 1), "config.not-utf8");
            return null;
        }
    }

    /// <summary>
    /// Finds the first tab used as indentation. That is not YAML, and the parser does not say where it is.
    /// </summary>
    static Position? TabIn(string text)
    {
        var number = 0;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            number++;
            var blank = line.IndexOfAnyExcept(' ', '\t');
            if (line[..Math.Max(0, blank)].IndexOf('\t') is var at and >= 0) return new Position(number, at + 1);
        }
        return null;
    }

    static YamlNode? ReadNode(Parser parser, Problems problems, int depth)
    {
        var next = parser.Current!;
        if (depth == 0) return Refuse(problems, At(next), "config.too-deep");
        if (next is AnchorAlias) return Refuse(problems, At(next), "config.alias");
        if (next is NodeEvent { Anchor.IsEmpty: false }) return Refuse(problems, At(next), "config.anchor");
        if (next is NodeEvent { Tag.IsEmpty: false }) return Refuse(problems, At(next), "config.tag");
        if (parser.TryConsume<Scalar>(out var scalar))
            return new YamlScalar(At(scalar), scalar.Value, scalar.Style == ScalarStyle.Plain);
        if (parser.TryConsume<SequenceStart>(out var list)) return ReadList(parser, At(list), problems, depth - 1);
        if (parser.TryConsume<MappingStart>(out var map)) return ReadMap(parser, At(map), problems, depth - 1);
        return Refuse(problems, At(next), "config.not-yaml", ("detail", next.GetType().Name));
    }

    static YamlList? ReadList(Parser parser, Position at, Problems problems, int depth)
    {
        var items = ImmutableArray.CreateBuilder<YamlNode>();
        while (!parser.TryConsume<SequenceEnd>(out _))
        {
            if (ReadNode(parser, problems, depth) is not { } item) return null;
            items.Add(item);
        }
        return new YamlList(at, items.ToImmutable());
    }

    static YamlMap? ReadMap(Parser parser, Position at, Problems problems, int depth)
    {
        var entries = ImmutableArray.CreateBuilder<(YamlScalar, YamlNode)>();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            if (ReadNode(parser, problems, depth) is not { } key) return null;
            if (ReadNode(parser, problems, depth) is not { } value) return null;
            if (key is YamlScalar name) entries.Add((name, value));
            else problems.Add(key.At, "config.key-is-no-text");
        }
        return new YamlMap(at, entries.ToImmutable());
    }

    static YamlNode? Refuse(Problems problems, Position at, string key, params (string, object?)[] values)
    {
        problems.Add(at, key, values);
        return null;
    }

    static Position At(ParsingEvent node) => At(node.Start);
    static Position At(Mark mark) => new((int)Math.Max(1, mark.Line), (int)Math.Max(1, mark.Column));
}
