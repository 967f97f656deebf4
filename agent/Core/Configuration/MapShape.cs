using System.Collections;
using System.Text.Json.Nodes;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Configuration;

/// <summary>Whether a key may be left out.</summary>
enum Presence { Optional, Required }

/// <summary>One key of a mapping: its name, whether it is required, and what to do with its value.</summary>
abstract class Key<TOwner>(string name, Presence presence)
{
    public string Name => name;
    public abstract bool IsSecret { get; }
    public bool Required => presence == Presence.Required;

    /// <summary>Returns the owner with this key's value, or unchanged if the value does not fit.</summary>
    public abstract TOwner Read(TOwner owner, YamlNode node, string place, Problems problems);
    public abstract JsonNode? Show(TOwner owner, bool masked);
    public abstract JsonObject Schema(string place, Func<string, string?> describe);
}

sealed class Key<TOwner, T>(
    string name, Shape<T> shape, Func<TOwner, T> get, Func<TOwner, T, TOwner> set, Presence presence)
    : Key<TOwner>(name, presence)
{
    public override TOwner Read(TOwner owner, YamlNode node, string place, Problems problems)
    {
        problems.Remember(place, node.At);
        // Of a mapping, the value has those keys that fit, and the defaults of the others.
        return shape.TryRead(node, place, problems, out var value) || (problems.KeepsWhatFits && shape is MapShape<T>)
            ? set(owner, value) : owner;
    }

    public override bool IsSecret => shape.IsSecret;
    public override JsonNode? Show(TOwner owner, bool masked) => shape.Show(get(owner), masked);
    public override JsonObject Schema(string place, Func<string, string?> describe) => shape.Schema(place, describe);
}

/// <summary>
/// A mapping with known keys, listed by its initializer. <paramref name="seed"/> has the defaults;
/// <paramref name="check"/> checks what no key can check alone.
/// </summary>
sealed class MapShape<T>(T seed, Action<T, string, Problems>? check = null) : Shape<T>, IEnumerable<Key<T>>
{
    readonly List<Key<T>> keys = [];

    public override Said Expected => new("config.map-of", ("keys", string.Join(", ", keys.Select(key => key.Name))));
    public override bool IsSecret => keys.Any(key => key.IsSecret);

    public void Add<TValue>(
        string name, Shape<TValue> shape, Func<T, TValue> get, Func<T, TValue, T> set,
        Presence presence = Presence.Optional) =>
        keys.Add(new Key<T, TValue>(name, shape, get, set, presence));

    public override bool TryRead(YamlNode node, string place, Problems problems, out T value)
    {
        value = seed;
        if (node is not YamlMap map)
        {
            if (place.Length == 0)
                problems.Add(node.At, "config.not-a-map", ("keys", string.Join(", ", keys.Select(key => key.Name))));
            else problems.AddWrong(node, place, Expected, Found(node));
            return false;
        }
        var before = problems.Found.Count;
        var seen = new HashSet<string>();
        foreach (var (name, node1) in map.Entries)
        {
            var below = Below(place, name.Short);
            if (keys.FirstOrDefault(key => key.Name == name.Text) is not { } key) AddUnknown(name, below, problems);
            else if (!seen.Add(name.Text))
                problems.Add(name.At, "config.repeated-key", ("key", below), ("line", problems.Of(below).Line));
            else value = key.Read(value, node1, below, problems);
        }
        foreach (var key in keys.Where(key => key.Required && !seen.Contains(key.Name)))
            problems.Add(map.At, "config.missing-key", ("key", Below(place, key.Name)));
        if (problems.Found.Count == before) check?.Invoke(value, place, problems);
        return problems.Found.Count == before;
    }

    public override JsonNode? Show(T value, bool masked = false)
    {
        var shown = new JsonObject();
        foreach (var key in keys) shown[key.Name] = key.Show(value, masked);
        return shown;
    }

    public override JsonObject Schema(string place, Func<string, string?> describe)
    {
        var properties = new JsonObject();
        foreach (var key in keys)
        {
            var below = Below(place, key.Name);
            var schema = key.Schema(below, describe);
            if (describe(below) is { } text) schema["description"] = text;
            if (!key.Required && seed is not null && schema["properties"] is null)
                schema["default"] = key.Show(seed, masked: false);
            properties[key.Name] = schema;
        }
        var described =
            new JsonObject { ["type"] = "object", ["properties"] = properties, ["additionalProperties"] = false };
        if (keys.Any(key => key.Required))
            described["required"] =
                new JsonArray([.. keys.Where(key => key.Required).Select(key => JsonValue.Create(key.Name))]);
        return described;
    }

    void AddUnknown(YamlScalar name, string place, Problems problems)
    {
        if (Spelling.Nearest(name.Text, keys.Select(key => key.Name)) is { } near)
            problems.Add(name.At, "config.unknown-key-near", ("key", place), ("near", near));
        else problems.Add(
            name.At, "config.unknown-key", ("key", place), ("keys", string.Join(", ", keys.Select(key => key.Name))));
    }

    public IEnumerator<Key<T>> GetEnumerator() => keys.GetEnumerator();
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    static string Below(string place, string name) => place.Length == 0 ? name : $"{place}.{name}";
}
