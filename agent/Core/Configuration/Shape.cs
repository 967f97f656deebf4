using System.Text.Json.Nodes;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Configuration;

/// <summary>
/// Defines what a value of the configuration may be: how it is read, how it is written, how the JSON Schema describes
/// it, and how a message names what was expected. The same tree of shapes is used for the reader, the schema, <c>config
/// show</c> and the commented default file.
/// </summary>
abstract class Shape<T>
{
    public abstract Said Expected { get; }

    /// <summary>
    /// Gets whether the value, or a part of it, is only for the operator. Then a message does not repeat what the file
    /// has there either.
    /// </summary>
    public virtual bool IsSecret => false;

    /// <summary>Returns what a message may show of what was found.</summary>
    protected object Found(YamlNode node) =>
        IsSecret && node is YamlScalar { IsNull: false } ? Secrets.Hidden : node.Describe();

    /// <summary>
    /// Reads a value. If it does not fit, adds that to <paramref name="problems"/> and returns false.
    /// </summary>
    /// <param name="place">The key with those above it: <c>drop.settle</c>.</param>
    public abstract bool TryRead(YamlNode node, string place, Problems problems, out T value);

    /// <summary>Returns the value as the file has it; if masked, without what only the operator may see.</summary>
    public abstract JsonNode? Show(T value, bool masked = false);

    /// <summary>
    /// Returns the JSON Schema of the value. <paramref name="describe"/> returns the sentence for a key's place.
    /// </summary>
    public abstract JsonObject Schema(string place, Func<string, string?> describe);
}

/// <summary>A value written as one YAML scalar.</summary>
sealed class ScalarShape<T>(
    Said expected, Func<YamlScalar, (bool Fits, T Value)> read, Func<T, bool, JsonNode?> show, Func<JsonObject> schema,
    bool secret = false) : Shape<T>
{
    public override Said Expected => expected;
    public override bool IsSecret => secret;

    public override bool TryRead(YamlNode node, string place, Problems problems, out T value)
    {
        (var fits, value) = node is YamlScalar scalar ? read(scalar) : (false, default!);
        if (!fits) problems.AddWrong(node, place, expected, Found(node));
        return fits;
    }

    public override JsonNode? Show(T value, bool masked = false) => show(value, masked);
    public override JsonObject Schema(string place, Func<string, string?> describe) => schema();
}

/// <summary>A value, or <c>null</c> for none.</summary>
sealed class OptionalShape<TInner, T>(Shape<TInner> inner, Func<TInner, T> wrap, Func<T, TInner> unwrap) : Shape<T>
{
    public override Said Expected => new("config.or-null", ("inner", inner.Expected));
    public override bool IsSecret => inner.IsSecret;

    public override bool TryRead(YamlNode node, string place, Problems problems, out T value)
    {
        value = default!;
        if (node is YamlScalar { IsNull: true }) return true;
        // For a scalar that does not fit, say that null would fit too. A problem deeper inside is reported there.
        var fits = inner.TryRead(node, place, node is YamlScalar ? problems.Scratch() : problems, out var read);
        if (fits) value = wrap(read);
        else if (node is YamlScalar) problems.AddWrong(node, place, Expected, Found(node));
        return fits;
    }

    public override JsonNode? Show(T value, bool masked = false) =>
        value is null ? null : inner.Show(unwrap(value), masked);

    public override JsonObject Schema(string place, Func<string, string?> describe) =>
        new() { ["anyOf"] = new JsonArray(inner.Schema(place, describe), new JsonObject { ["type"] = "null" }) };
}

/// <summary>A list of values of one shape, without duplicates.</summary>
sealed class ListShape<TItem, T>(
    Shape<TItem> item, int least, int most, Func<IReadOnlyList<TItem>, T> gather, Func<T, IEnumerable<TItem>> items)
    : Shape<T>
{
    public override Said Expected => new("config.list-of", ("item", item.Expected), ("least", least), ("most", most));
    public override bool IsSecret => item.IsSecret;

    public override bool TryRead(YamlNode node, string place, Problems problems, out T value)
    {
        value = default!;
        if (node is not YamlList list || list.Items.Length < least || list.Items.Length > most)
        {
            problems.AddWrong(node, place, Expected, Found(node));
            return false;
        }
        var before = problems.Found.Count;
        var (read, places) = (new List<TItem>(), new List<Position>());
        for (var at = 0; at < list.Items.Length; at++)
        {
            if (!item.TryRead(list.Items[at], $"{place}[{at}]", problems, out var one)) continue;
            if (read.IndexOf(one) is var first and >= 0)
                problems.Add(
                    list.Items[at].At, "config.repeated-item", ("key", $"{place}[{at}]"),
                    ("found", Repeated(list.Items[at], one)), ("line", places[first].Line));
            read.Add(one);
            places.Add(list.Items[at].At);
        }
        value = gather(read);
        return problems.Found.Count == before;
    }

    /// <summary>Returns what a message may show of an item: of a mapping its keys and values.</summary>
    object Repeated(YamlNode node, TItem one) => item.Show(one, masked: true) is JsonObject map
        ? string.Join(", ", map.Select(pair => $"{pair.Key}: {pair.Value}")) : Found(node);

    public override JsonNode? Show(T value, bool masked = false) =>
        new JsonArray([.. items(value).Select(one => item.Show(one, masked))]);

    public override JsonObject Schema(string place, Func<string, string?> describe) => new()
    {
        ["type"] = "array", ["items"] = item.Schema(place, describe), ["minItems"] = least, ["maxItems"] = most,
        ["uniqueItems"] = true,
    };
}
