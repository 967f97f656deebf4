using Difusor.Agent.Texts;

namespace Difusor.Agent.Tests.Texts;

/// <summary>Guesses against a naive count of edits, and details with values that are texts themselves.</summary>
public sealed class TextBoundsTests
{
    static IEnumerable<string> Words(string letters, int longest) => longest == 0 ? [""]
        : Words(letters, longest - 1).SelectMany(
            word => word.Length < longest - 1 ? [word] : letters.Select(c => word + c).Prepend(word));

    /// <summary>The fewest edits, from their definition.</summary>
    static int Edits(string from, string to)
    {
        if (from.Length == 0 || to.Length == 0) return from.Length + to.Length;
        var fewest = Math.Min(
            Math.Min(Edits(from[1..], to), Edits(from, to[1..])) + 1,
            Edits(from[1..], to[1..]) + (from[0] == to[0] ? 0 : 1));
        return from.Length > 1 && to.Length > 1 && from[0] == to[1] && from[1] == to[0]
            ? Math.Min(fewest, Edits(from[2..], to[2..]) + 1) : fewest;
    }

    [Fact]
    public void AWordIsNearWhereFewEditsMakeItTheOther()
    {
        var wrong = new List<string>();
        foreach (var word in Words("abc", 3).Where(word => word.Length > 0))
            foreach (var known in Words("ab", 4))
                if (Spelling.Nearest(word, [known]) == known != Edits(word, known) < Math.Max(1, word.Length / 3) + 1)
                    wrong.Add($"{word} {known}");
        Assert.Empty(wrong);
    }

    [Theory]
    [InlineData(63, true), InlineData(64, true), InlineData(65, false)]
    public void AWordOf64LettersIsStillGuessed(int length, bool guessed) =>
        Assert.Equal(guessed, Spelling.Nearest(new string('s', length), [new string('s', length) + "x"]) is not null);

    /// <summary>Each value of each row of the table is put into its place, in both languages.</summary>
    [Fact]
    public void EachValueOfEachDetailIsSaid()
    {
        var wrong = new List<string>();
        foreach (var detail in Details.Read())
        {
            var values = detail.Names.Select((_, at) => $"«{at + 10}»").ToArray();
            var said = string.Concat(detail.Literals.Zip([.. values, ""], (literal, value) => literal + value));
            foreach (var language in new[] { Language.Es, Language.En })
            {
                var told = TextFile.Fill(
                    detail.Text.In(language), name => values[detail.Names.IndexOf(name.ToString())]);
                if (Details.In(language, said) != told) wrong.Add($"{said} becomes {Details.In(language, said)}");
            }
        }
        Assert.Empty(wrong);
    }
}
