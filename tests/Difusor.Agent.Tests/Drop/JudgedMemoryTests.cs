using Difusor.Agent.Drop;

namespace Difusor.Agent.Tests;

public sealed class JudgedMemoryTests
{
    [Fact]
    public void WhatIsWrittenIsReadBackWhateverTheName()
    {
        JudgedDelivery[] judged = [
            new(new RawPath("P"), "ab", true), new(new RawPath("Q \"ÿ\u0001"), "cd", false),
            new(RawPath.Root, "ef", false)];
        Assert.Equal(judged.OrderBy(one => one.Root), JudgedMemory.Read(JudgedMemory.Write(judged)));
    }

    [Fact]
    public void ADamagedLineIsForgottenAndTheOthersAreNot()
    {
        var text = JudgedMemory.Write([new JudgedDelivery(new RawPath("P"), "ab", true)])
            + "{\"name\": \n[]\n{\"name\": 1, \"fingerprint\": \"x\"}\n{\"name\": \"Q\", \"name\": \"Q\", "
            + "\"fingerprint\": \"x\"}\n";
        Assert.Equal("P", Assert.Single(JudgedMemory.Read(text)).Root.Bytes);
    }

    [Fact]
    public void TheFingerprintKnowsNoOrderAndSeesEachChange()
    {
        var identity = new FileIdentity(1, 2, FileKind.Regular, 3, 4, 5, 0x1A4, 0, 1);
        var (one, other, changed) = (new Fingerprint(), new Fingerprint(), new Fingerprint());
        foreach (var name in new[] { "P/a", "P/b" }) one.Add(new RawPath(name), identity);
        foreach (var name in new[] { "P/b", "P/a" }) other.Add(new RawPath(name), identity with { CtimeNanos = 6 });
        foreach (var name in new[] { "P/a", "P/b" }) changed.Add(new RawPath(name), identity with { MtimeNanos = 5 });
        Assert.Equal(one.ToString(), other.ToString());
        Assert.NotEqual(one.ToString(), changed.ToString());
    }
}
