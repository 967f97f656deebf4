using System.Text.Json.Nodes;
using Difusor.Agent.Configuration;
using Difusor.Agent.Events;
using Difusor.Agent.Sentinel;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Tests.Sentinel;

public class NoticeOriginTests
{
    static readonly TimeSpan Mexico = TimeSpan.FromHours(-5);

    [Fact]
    public void ANoticeSaysWhereWhenAndWhatToDo()
    {
        var settings = With("https://prep.ejemplo.mx@127.0.0.1/", "https://prep.ejemplo.mx/");
        var told = JsonNode.Parse(NoticeOrigin.Of(settings, "servidor1", Mexico).Complete(
            """{"event":"TAMPER_DETECTED","state":"worse","message":"m","at":"2021-06-07T01:41:07.123Z"}"""))!;
        Assert.Equal(("servidor1", "prep.ejemplo.mx"), ((string?)told["host"], (string?)told["site"]));
        Assert.Equal("6 de junio de 2021, 20:41:07 (UTC-5)", (string?)told["when"]);
        Assert.Equal(
            EventCatalogue.Of(EventCode.TamperDetected).Action.Es, (string?)told["do"]);
        Assert.Equal(("m", "es"), ((string?)told["message"], (string?)told["language"]));
    }

    [Fact]
    public void WhatThePartBeforeHasSaidToDoStays()
    {
        var told = JsonNode.Parse(new NoticeOrigin("h", null, Language.En, Mexico).Complete(
            """{"event":"TAMPER_DETECTED","do":"this"}"""))!;
        Assert.Equal("this", (string?)told["do"]);
        Assert.Null(told["site"]);
    }

    [Theory]
    [InlineData("https://localhost/", null), InlineData("https://127.0.0.1:8443/", null),
        InlineData("https://otro.ejemplo.mx:8443/", "otro.ejemplo.mx")]
    public void ASiteIsWhatReadersTypeAndNotThisHost(string probe, string? site) =>
        Assert.Equal(site, NoticeOrigin.Of(With(probe), "h", Mexico).Site);

    static Settings With(params string[] probes) => new()
    {
        Election = "x",
        Sentinel = new() { Probes = [.. probes.Select(url => new UrlEvery(new Uri(url), TimeSpan.FromMinutes(1)))] },
    };
}
