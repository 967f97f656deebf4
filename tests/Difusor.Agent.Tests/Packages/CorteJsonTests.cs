namespace Difusor.Agent.Tests.Packages;

public sealed class CorteJsonTests
{
    [Theory]
    [InlineData("""{"fechaCorte":"02/06/2024","horaCorte":"20:20"}""", "2024-06-02 20:20:00 none")]
    [InlineData("""{"horaCorte":"08:20 p. m.","fechaCorte":"2 de junio de 2024"}""", "2024-06-02 20:20:00 none")]
    [InlineData("""{"fecha_corte":"2024-06-02","HORA-CORTE":"20:20 (UTC-6)"}""", "2024-06-02 20:20:00 -6")]
    [InlineData("""{"fechaCorte":"2024-06-02T00:00:00","horaCorte":"20:20:30"}""", "2024-06-02 20:20:30 none")]
    [InlineData("""{"fechaCorte":"2024-06-03T02:20:00.000Z"}""", "2024-06-03 02:20:00 0")]
    [InlineData("""{"archivoCorte":"20240602_2020_PREP.zip"}""", "2024-06-02 20:20:00 none")]
    [InlineData("""{"archivoCorte":"https://x.mx/assets/20240602_2020_PREP.zip"}""", "2024-06-02 20:20:00 none")]
    [InlineData("""{"a":{"b":{"fechaCorte":"2024-06-02","horaCorte":"20:20"}}}""", "2024-06-02 20:20:00 none")]
    [InlineData("""[{"fechaCorte":"2024-06-02","horaCorte":"20:20"}]""", "2024-06-02 20:20:00 none")]
    [InlineData("\uFEFF{\"fechaCorte\":\"2024-06-02\",/* x */\"horaCorte\":\"20:20\",}", "2024-06-02 20:20:00 none")]
    [InlineData("""{"fechaCorte":"2024-06-02","horaCorte":"20:20","votos":[{"a":1},""", "2024-06-02 20:20:00 none")]
    [InlineData("""{"fechaCorte":"2024-06-02","horaCorte":"20:20","votos":[{"a":1}]] nothing more""",
        "2024-06-02 20:20:00 none")]
    [InlineData("""{"fechaCorte":"2024-06-02"}""", null), InlineData("""{"horaCorte":"20:20"}""", null)]
    [InlineData("""{"fechaCorte":"Fecha de corte","horaCorte":"Hora de corte"}""", null)]
    [InlineData("""{"fechaCorte":20240602,"horaCorte":{"horaCorte":"20:20"}}""", null)]
    [InlineData("""{"fecha":"2024-06-02","hora":"20:20","nota":"corte"}""", null)]
    [InlineData("""{"fechaCorte":"2024-06-02\ud800","horaCorte":"20:20"}""", null)]
    [InlineData("corte", null), InlineData("", null), InlineData("{\"corte\":", null)]
    public void TheCorteIsReadInAllItsSpellings(string json, string? expected) =>
        Assert.Equal(expected ?? "", Read(json));

    [Theory]
    [InlineData("""{"a":[{"fechaCorte":"2024-06-02","horaCorte":"20:00"},{"archivoCorte":"20240602_2020.zip"}]}""")]
    [InlineData("""[{"fechaCorte":"2024-06-02","horaCorte":"20:00"},{"x":1}]""")]
    [InlineData("""[{"fechaCorte":"2024-06-02","horaCorte":"20:00"},{"x":""")]
    [InlineData("""{"a":[{"b":[{"fechaCorte":"2024-06-02","horaCorte":"20:00"}]},2]}""")]
    public void RowsStateNothing(string json) => Assert.Equal("", Read(json));

    [Fact]
    public void TheObjectNearestTheTopCountsAndOfSeveralThereTheNewest()
    {
        Assert.Equal("2024-06-02 20:20:00 none", Read("""
            {"otro": {"fechaCorte": "2024-06-02", "horaCorte": "20:40"},
             "fechaCorte": "2024-06-02", "horaCorte": "20:20"}
            """));
        Assert.Equal("2024-06-02 20:20:00 none", Read("""
            {"20:00": {"fechaCorte": "2024-06-02", "horaCorte": "20:00"},
             "20:20": {"fechaCorte": "2024-06-02", "horaCorte": "20:20"}}
            """));
    }

    [Fact]
    public void AFileMayStateTwo() => Assert.Equal(
        "2024-06-02 20:20:00 none, 2024-06-02 20:00:00 none",
        Read("""{"fechaCorte":"2024-06-02","horaCorte":"20:20","archivoCorte":"20240602_2000_PREP.zip"}"""));

    [Theory]
    [InlineData("""{"fecha":"2024-06-02","hora":"20:20"}""", "2024-06-02 20:20:00 none")]
    [InlineData("""{"actualizado":"2024-06-02T20:20:00-06:00"}""", "2024-06-02 20:20:00 -6")]
    [InlineData("""{"actualizado":"20240602_2020"}""", "2024-06-02 20:20:00 none")]
    public void WhatAProfileNamesIsRead(string json, string expected) => Assert.Equal(
        expected, Read(json, new CorteInJson("*", "fecha", "hora", null), new("*", null, null, "actualizado")));

    [Theory]
    [InlineData("datos/*.json", "datos/avance.json", true), InlineData("datos/*.json", "datos/x/avance.json", true)]
    [InlineData("datos/*.json", "otros/avance.json", false), InlineData("corte.json", "corte.json", true)]
    [InlineData("corte.json", "datos/corte.json", false), InlineData("*", "a", true)]
    public void APlaceIsMeantForItsFiles(string pattern, string path, bool isOne) =>
        Assert.Equal(isOne, new CorteInJson(pattern, null, null, "x").Is(path));

    static string Read(string json, params CorteInJson[] places) => string.Join(
        ", ", CorteJson.Read(Encoding.UTF8.GetBytes(json), places).Select(stamp =>
            $"{stamp.Local:yyyy-MM-dd HH:mm:ss} {(stamp.Offset is { } offset ? offset.TotalHours : "none")}"));
}
