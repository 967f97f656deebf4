namespace Difusor.Agent.Configuration;

/// <summary>Reads an election profile, as strictly as agent.yaml.</summary>
public static class ProfileReader
{
    /// <param name="bytes">The file's contents, whatever they are.</param>
    /// <param name="file">Its path, for messages.</param>
    public static Reading<ElectionProfile> Read(ReadOnlySpan<byte> bytes, string file)
    {
        var problems = new Problems(file);
        ElectionProfile? profile = null;
        if (YamlText.Read(bytes, problems) is { } document
            && ProfileShape.Whole.TryRead(document, "", problems, out var draft)) profile = Of(draft);
        return new(file, profile, problems.Found, problems.Places);
    }

    static ElectionProfile Of(ProfileShape.Draft draft) => new()
    {
        Id = draft.Id,
        Title = draft.Title,
        Authority = draft.Authority,
        TimeZone = draft.TimeZone,
        Opens = draft.Publication.Opens,
        KeepUntil = draft.Publication.KeepUntil,
        FirstCorte = draft.Publication.FirstCorte ?? draft.Publication.Opens - draft.Cadence,
        LastCorte = draft.Publication.LastCorte ?? draft.Publication.KeepUntil,
        Rehearsals = draft.Rehearsals,
        Cadence = draft.Cadence,
        Series = draft.Series,
        CorteInJson = draft.Corte.Json,
        Contact = draft.Contact,
        Registration = draft.Registration,
        Clauses = draft.Clauses,
        Site = draft.Site,
        HashLine = draft.Hashes.Line,
    };
}
