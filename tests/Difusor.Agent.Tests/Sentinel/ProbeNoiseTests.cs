using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Difusor.Agent.Events;
using Difusor.Agent.Sentinel;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Tests.Sentinel;

public sealed class ProbeNoiseTests
{
    const string Site = "http://difusor.example/", Other = "http://difusor.example/otro";
    static readonly JsonObject Fields = new() { ["url"] = Site };

    [Fact]
    public void BytesThatDifferEachTimeAreToldAFewTimesInTenMinutesAndAnotherTroubleAtOnce()
    {
        var (noise, told, now) = (ProbeNoise.Silence, new List<int>(), DateTimeOffset.UnixEpoch);
        for (var second = 0; second < 1300; second++)
        {
            (var tell, noise) = noise.Hear(
                Site, second < 1250 ? ProbeTrouble.Rewritten : ProbeTrouble.NoAnswer, $"{second / 2}",
                now.AddSeconds(second));
            if (tell) told.Add(second);
        }
        Assert.Equal(
            [0, 2, 4, 6, 8, 600, 602, 604, 606, 608, 1200, 1202, 1204, 1206, 1208, 1250, 1252, 1254, 1256, 1258], told);
    }

    [Fact]
    public void AProbeThatIsConfiguredNoMoreIsForgotten()
    {
        (_, var noise) = ProbeNoise.Silence.Hear(Site, ProbeTrouble.Rewritten, null, DateTimeOffset.UnixEpoch);
        Assert.Single(noise.Only([Site]).Last);
        Assert.Empty(noise.Only([]).Last);
    }

    [Fact]
    public void AnotherTroubleIsNotBackAndTheEndOfOneProbesIsNotTheOthers()
    {
        (_, var condition) = Condition.Well.Hear(EventCode.ProbeMismatch, Fields);
        (_, condition) = condition.Hear(EventCode.ProbeFailed, new JsonObject { ["url"] = Other });
        (var change, condition) = condition.Hear(EventCode.ProbeFailed, (JsonObject)Fields.DeepClone());
        Assert.Null(change);
        Assert.All(condition.Bad.Values, open => Assert.Equal(EventCode.ProbeFailed, open.Code));
        (change, condition) = condition.Hear(EventCode.ProbeRecovered, (JsonObject)Fields.DeepClone());
        Assert.Equal($"probe {Site} Back", change);
        Assert.Equal(Other, Assert.Single(condition.Bad).Value.Subject);
        Assert.Equal(
            $"{Site} entrega otra vez lo publicado.",
            EventCatalogue.Sentence(Language.Es, "PROBE_RECOVERED", (JsonObject)Fields.DeepClone()));
    }

    [Theory]
    [InlineData("text/html; charset=iso-8859-1", "México", "utf-8", true)]
    [InlineData("text/html; charset=\"UTF-8\"", "México", "utf-8", false)]
    [InlineData("text/html", "México", "utf-8", false)]
    [InlineData("text/html; charset=iso-8859-1", "Mexico", "utf-8", false)]
    [InlineData("text/html; charset=iso-8859-1", "México", "iso-8859-1", false)]
    [InlineData("image/png; charset=iso-8859-1", "México", "utf-8", false)]
    public void ACharsetIsWrongWhereTheTextIsUtf8BeyondAscii(string type, string text, string encoding, bool garbled)
    {
        var name = AnnouncedCharset.OtherThanUtf8(MediaTypeHeaderValue.Parse(type));
        var charset = new AnnouncedCharset(name ?? "");
        foreach (var piece in Encoding.GetEncoding(encoding).GetBytes(text)) charset.Read([piece]);
        Assert.Equal(garbled, name is not null && charset.Garbled is not null);
    }
}
