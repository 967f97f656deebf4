namespace Difusor.Agent.SystemTests.Transfers;

/// <summary>
/// A tool that does not run here, played: the same changes at the receiving side, as its documentation says.
/// </summary>
/// <param name="Working">The name in the same folder under which a file is sent; null: its own.</param>
/// <param name="Resumes">What has come of a file is kept, and the rest appended to it.</param>
/// <param name="Allocates">A file has its full length at once, and is filled then.</param>
sealed record PlayedWay(
    string Tool, string How, Func<string, string>? Working = null, bool Resumes = false, bool Allocates = false)
    : Way(Tool, How)
{
    public override void Send(Errand errand)
    {
        var files = errand.Files.ToList();
        for (var number = 0; number < files.Count; number++)
        {
            if (errand.Cut == Cut.BetweenFiles && number == 2) return;
            var (isLast, final) = (number == files.Count - 1, Path.Combine(errand.Target, files[number]));
            if (Working is null && isLast && errand.Cut == Cut.BeforeTheEnd) return;
            Directory.CreateDirectory(Path.GetDirectoryName(final)!);
            var working = Working is null ? final
                : Path.Combine(Path.GetDirectoryName(final)!, Working(Path.GetFileName(final)));
            if (!Write(errand, Path.Combine(errand.Source, files[number]), working)) return;
            if (Working is null) continue;
            if (isLast && errand.Cut == Cut.BeforeTheEnd) return;
            File.Move(working, final, overwrite: true);
        }
    }

    /// <returns>False: it was cut in the middle.</returns>
    bool Write(Errand errand, string source, string working)
    {
        var bytes = File.ReadAllBytes(source);
        var begin = 0;
        // What is as long as the file is another corte's, and is written anew.
        if (errand.IsAgain && Resumes && new FileInfo(working) is { Exists: true } come && come.Length < bytes.Length)
            begin = (int)come.Length;
        using var file =
            new FileStream(working, begin > 0 ? FileMode.Append : FileMode.Create, FileAccess.Write);
        if (Allocates) file.SetLength(bytes.Length);
        var half = Math.Max(begin, bytes.Length / 2);
        file.Write(bytes.AsSpan(begin, half - begin));
        file.Flush();
        if (errand.Cut == Cut.InAFile) return false;
        file.Write(bytes.AsSpan(half));
        return true;
    }
}
