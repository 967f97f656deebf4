using System.Net.Sockets;
using Difusor.Agent.Linux.Control;
using Mono.Unix.Native;

namespace Difusor.Agent.Tests.Linux;

/// <summary>Who may operate the agent (contract, section 8).</summary>
public sealed class PeerTests
{
    const uint Agent = 61001, Operators = 61002, Other = 61003;

    [Theory]
    [InlineData(0u, Other, Other, true)]
    [InlineData(Agent, Other, Other, true)]
    [InlineData(Other, Operators, Other, true)]
    [InlineData(Other, Other, Operators, true)]
    [InlineData(Other, Other, Other, false)]
    public void RootTheAgentAndTheOperatorsGroupMayAndNobodyElse(uint uid, uint gid, uint supplementary, bool may) =>
        Assert.Equal(may, Peer.IsOperator(new Peer(uid, gid, [supplementary]), Agent, Operators));

    [Fact]
    public void OnAHostWithoutTheGroupOnlyRootAndTheAgentMay()
    {
        Assert.False(Peer.IsOperator(new Peer(Other, Other, []), Agent, null));
        Assert.True(Peer.IsOperator(new Peer(0, Other, []), Agent, null));
    }

    [Fact]
    public void TheKernelSaysWhoTheOtherEndIs()
    {
        var folder = Directory.CreateTempSubdirectory("peer-").FullName;
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(Path.Combine(folder, "s")));
        listener.Listen();
        using var caller = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        caller.Connect(listener.LocalEndPoint!);
        using var heard = listener.Accept();
        var peer = Peer.Of(heard);
        Assert.Equal((Syscall.geteuid(), Syscall.getegid()), (peer.Uid, peer.Gid));
        var own = new uint[64];
        var count = Syscall.getgroups(own);
        Assert.Equal(own.Take(count).Order(), peer.Groups.Order());
        Directory.Delete(folder, recursive: true);
    }
}
