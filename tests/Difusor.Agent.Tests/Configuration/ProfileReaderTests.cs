using Difusor.Agent.Configuration;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Texts;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Tests.Configuration;

public class ProfileReaderTests
{
    const string Right = """
        id: x
        title: X
        authority: Y
        time_zone: America/Mexico_City
        publication:
          opens: 2024-06-02T20:00:00-06:00
          keep_until: 2024-06-03T23:59:59-06:00
        cadence: 20m
        """;

    static ElectionProfile BuiltIn(string id) =>
        ConfigurationFiles.LoadProfile(id, "/nowhere/agent.yaml", Position.Start).Value!;

    static DateTimeOffset At(string text) => DateTimeOffset.Parse(text);

    [Fact]
    public void TheShippedProfilesAreThoseOfTheCalls()
    {
        Assert.Equal(["ieem-2021", "ieem-2024", "ieem-2027", "ietam-2021"], ConfigurationFiles.BuiltIn);
        var ieem = BuiltIn("ieem-2021");
        Assert.Equal(At("2021-06-06T20:00:00-05:00"), ieem.Opens);
        Assert.Equal(At("2021-06-07T23:59:59-05:00"), ieem.KeepUntil);
        Assert.Equal(At("2021-06-06T20:00:00-05:00"), ieem.FirstCorte);
        Assert.Equal(At("2021-06-07T20:00:00-05:00"), ieem.LastCorte);
        Assert.Equal(3, ieem.Rehearsals.Count);
        Assert.Equal(new Window(At("2021-05-31T09:00:00-05:00"), At("2021-05-31T17:00:00-05:00")), ieem.Rehearsals[0]);
        Assert.Equal(TimeSpan.FromMinutes(20), ieem.Cadence);
        Assert.Equal("Unidad de Informática y Estadística (UIE), uie@ieem.org.mx", ieem.Whom);
        Assert.Equal(new Registration(new DateOnly(2021, 6, 1), "Anexo 1", "Anexo 2"), ieem.Registration);
        Assert.Equal("IETAM", BuiltIn("ietam-2021").Whom);
        Assert.Null(BuiltIn("ietam-2021").Registration);
        Assert.Equal("PREP 2021, Diputaciones Locales y Ayuntamientos, Estado de México", ieem.Title);
        Assert.Equal(At("2021-06-07T20:00:00-05:00"), BuiltIn("ietam-2021").LastCorte);
        Assert.Equal(At("2021-06-13T23:59:59-05:00"), BuiltIn("ietam-2021").KeepUntil);
        Assert.Equal(At("2024-06-02T20:00:00-06:00"), BuiltIn("ieem-2024").Opens);
        Assert.Equal(At("2027-06-06T20:00:00-06:00"), BuiltIn("ieem-2027").Opens);
        Assert.Equal(
            (CallClauses.Ieem2021, CallClauses.Generic, false),
            (ieem.Clauses, BuiltIn("ietam-2021").Clauses, ieem.Site.Spa));
    }

    [Fact]
    public void TheFirstCorteIsOneCadenceBeforeTheOpeningAndTheLastIsAtTheEnd()
    {
        var profile = ProfileReader.Read(Encoding.UTF8.GetBytes(Right), "x.yaml").Value!;
        Assert.Equal(At("2024-06-02T19:40:00-06:00"), profile.FirstCorte);
        Assert.Equal(profile.KeepUntil, profile.LastCorte);
    }

    [Fact]
    public void TheJsonThatHasTheCorteIsNamedByKeys()
    {
        const string corte =
            "\ncorte: {json: [{file: datos/*.json, date: fecha, time: hora}, {file: corte.json, stamp: corte}]}\n";
        var profile = ProfileReader.Read(Encoding.UTF8.GetBytes(Right + corte), "x.yaml").Value!;
        Assert.Equal(
            [new CorteInJson("datos/*.json", "fecha", "hora", null), new("corte.json", null, null, "corte")],
            profile.CorteInJson);
        Assert.Equal(profile.CorteInJson, VerificationRules.OfProfile(profile).CorteInJson);
        Assert.Equal(
            profile.CorteInJson,
            ProfileReader.Read(Encoding.UTF8.GetBytes(ProfileWriter.ShowYaml(profile)), "x.yaml").Value!.CorteInJson);
    }

    [Fact]
    public void AnOffsetThatTheZoneDoesNotHaveOnThatDateNamesItsPlace()
    {
        var folder = Directory.CreateTempSubdirectory("profile-").FullName;
        File.WriteAllText(
            folder + "/x.yaml", Right.Replace("opens: 2024-06-02T20:00:00-06:00", "opens: 2024-06-02T20:00:00-05:00"));
        var reading = ConfigurationFiles.LoadProfile("x.yaml", folder + "/agent.yaml", new Position(7, 3));
        Assert.Contains(
            reading.Problems, problem =>
            problem.In(Language.En)
            .StartsWith(
            folder + "/x.yaml:6:10: publication.opens: its offset is not the one of America/Mexico_City "
            + "on that date"));
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("-06:00\n", "\n",
        "x.yaml:6:10: publication.opens: '2024-06-02T20:00:00' is not valid; expected an ISO 8601 date and time with "
        + "offset")]
    [InlineData("2024-06-03T23:59:59", "2024-06-02T19:00:00",
        "x.yaml:7:15: publication.keep_until: expected a time after opens.")]
    [InlineData("America/Mexico_City", "America/Toluca",
        "x.yaml:4:12: time_zone: 'America/Toluca' is not valid; expected an IANA time zone")]
    [InlineData("cadence: 20m",
        "cadence: 20m\nrehearsals: [{from: 2024-06-02T19:00:00-06:00, to: 2024-06-02T21:00:00-06:00}]",
        "x.yaml:9:52: rehearsals: the rehearsal ends after publication.opens")]
    [InlineData("cadence: 20m",
        "cadence: 20m\nrehearsals: [{from: 2024-06-01T19:00:00-06:00, to: 2024-06-01T19:00:00-06:00}]",
        "x.yaml:9:52: to: expected a time after from.")]
    [InlineData("cadence: 20m", "cadence: 20m\ncontact: {name: X, email: nobody}",
        "x.yaml:9:27: contact.email: 'nobody' is not valid; expected an e-mail address, or null.")]
    [InlineData("cadence: 20m", "cadence: 20m\nregistration: {by: 1 June, form: A, commitment: B}",
        "x.yaml:9:20: registration.by: '1 June' is not valid; expected a date such as 2021-06-01.")]
    [InlineData("cadence: 20m", "cadence: 20m\nclauses: ieem-2018",
        "x.yaml:9:10: clauses: 'ieem-2018' is not valid; expected one of: generic, ieem-2021.")]
    [InlineData("cadence: 20m", "cadence: 20m\nsite: {spa: yes}",
        "x.yaml:9:13: site.spa: 'yes' is not valid; expected true or false.")]
    [InlineData("cadence: 20m", "cadence: 20m\ncorte: {json: [{file: a.json, date: fecha}]}",
        "x.yaml:9:23: corte.json: expected date and time, or stamp alone.")]
    [InlineData("cadence: 20m", "cadence: 20m\ncorte: {json: [{file: a.json, date: a, time: b, stamp: c}]}",
        "x.yaml:9:23: corte.json: expected date and time, or stamp alone.")]
    [InlineData("cadence: 20m", "cadence: 20m\ncorte: {json: [{stamp: corte}]}",
        "x.yaml:9:16: the key corte.json[0].file is missing.")]
    [InlineData("cadence: 20m", "cadence: 0s", "x.yaml:8:10: cadence: '0s' is not valid")]
    [InlineData("authority: Y\n", "", "x.yaml:1:1: the key authority is missing.")]
    public void AWrongProfileNamesItsPlace(string part, string instead, string expected)
    {
        var at = Right.IndexOf(part, StringComparison.Ordinal);
        var reading =
            ProfileReader.Read(Encoding.UTF8.GetBytes(Right[..at] + instead + Right[(at + part.Length)..]), "x.yaml");
        Assert.StartsWith(expected, Assert.Single(reading.Problems).In(Language.En));
    }
}
