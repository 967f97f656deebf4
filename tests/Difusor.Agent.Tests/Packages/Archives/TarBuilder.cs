using System.IO.Compression;

namespace Difusor.Agent.Tests.Packages.Archives;

/// <summary>Writes tars, right ones and wrong ones, header by header.</summary>
sealed class TarBuilder
{
    public enum Form { Ustar, Gnu, V7 }

    readonly List<byte> bytes = [];

    public TarBuilder File(string name, string contents = "x", Form form = Form.Ustar) =>
        Entry(Latin(name), '0', Encoding.UTF8.GetBytes(contents), form: form);

    public TarBuilder Entry(
        byte[] name, char type, byte[]? contents = null, byte[]? size = null, string link = "", string prefix = "",
        Form form = Form.Ustar, bool spoilSum = false)
    {
        contents ??= [];
        var header = new byte[512];
        name.AsSpan(0, Math.Min(name.Length, 100)).CopyTo(header);
        Put(header, 100, "0000644\0");
        Put(header, 108, "0000000\0");
        Put(header, 116, "0000000\0");
        (size ?? Octal(contents.Length)).CopyTo(header, 124);
        Put(header, 136, "00000000000\0");
        header[156] = form == Form.V7 && type == '0' ? (byte)0 : (byte)type;
        Put(header, 157, link);
        if (form != Form.V7) Put(header, 257, form == Form.Gnu ? "ustar  \0" : "ustar\00000");
        Put(header, 345, prefix);
        Put(header, 148, "        ");
        var sum = header.Sum(b => b) + (spoilSum ? 1 : 0);
        Put(header, 148, Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ");
        bytes.AddRange(header);
        bytes.AddRange(contents);
        return Pad();
    }

    public TarBuilder Pax(params (string Keyword, string Value)[] records) =>
        PaxRaw('x', [.. records.SelectMany(r => Record(r.Keyword, r.Value))]);
    public TarBuilder PaxGlobal(params (string Keyword, string Value)[] records) =>
        PaxRaw('g', [.. records.SelectMany(r => Record(r.Keyword, r.Value))]);
    public TarBuilder PaxRaw(char type, byte[] records) => Entry(Latin("PaxHeaders/x"), type, records);
    public TarBuilder LongName(string name) => Entry(Latin("././@LongLink"), 'L', [.. Latin(name), 0], form: Form.Gnu);
    public TarBuilder LongLink(string name) => Entry(Latin("././@LongLink"), 'K', [.. Latin(name), 0], form: Form.Gnu);

    public TarBuilder Raw(params byte[] raw)
    {
        bytes.AddRange(raw);
        return this;
    }

    public byte[] End(int blocks = 2) => [.. bytes, .. new byte[512 * blocks]];
    public byte[] NoEnd() => [.. bytes];

    public static byte[] Octal(long size) => Latin(Convert.ToString(size, 8).PadLeft(11, '0') + "\0");
    public static byte[] Latin(string text) => Encoding.Latin1.GetBytes(text);

    public static byte[] Gzip(byte[] contents, CompressionLevel level = CompressionLevel.Optimal)
    {
        if (contents.Length == 0) return [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, level, leaveOpen: true)) gzip.Write(contents);
        return packed.ToArray();
    }

    /// <summary>A record's length counts its own digits.</summary>
    public static byte[] Record(string keyword, string value)
    {
        var rest = Encoding.UTF8.GetBytes($" {keyword}={value}\n");
        var length = rest.Length + 1;
        while (rest.Length + length.ToString(CultureInfo.InvariantCulture).Length != length) length++;
        return [.. Encoding.ASCII.GetBytes(length.ToString(CultureInfo.InvariantCulture)), .. rest];
    }

    TarBuilder Pad()
    {
        bytes.AddRange(new byte[(512 - bytes.Count % 512) % 512]);
        return this;
    }

    static void Put(byte[] header, int at, string text) => Latin(text).CopyTo(header, at);
}
