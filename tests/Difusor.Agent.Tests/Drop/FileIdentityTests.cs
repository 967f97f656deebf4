using Difusor.Agent.Drop;

namespace Difusor.Agent.Tests;

public sealed class FileIdentityTests
{
    static readonly FileIdentity Known = new(1, 2, FileKind.Regular, 3, 4, 5, 0x1A4, 1000, 1);

    public static TheoryData<FileIdentity, bool> Others => new()
    {
        { Known, true },
        { Known with { Device = 9 }, false },
        { Known with { Inode = 9 }, false },
        { Known with { Kind = FileKind.Symlink }, false },
        { Known with { Size = 9 }, false },
        { Known with { MtimeNanos = 9 }, false },
        { Known with { CtimeNanos = 9 }, false },
        { Known with { Mode = 0x1B4, Uid = 9, Links = 2 }, true },
    };

    [Theory, MemberData(nameof(Others))]
    public void AnyPartThatAWriteChangesTellsOneStateFromAnother(FileIdentity other, bool same) =>
        Assert.Equal(same, Known.SameContents(other));
}
