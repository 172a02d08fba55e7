using System.Text;
using FsCheck.Fluent;
using Gateway.Grains.Tests.Support;
using Gateway.Model.Answers;

namespace Gateway.Grains.Tests.Upstreams;

/// <summary>What an upstream says, cleaned: whatever it does with the key it was sent.</summary>
public sealed class UpstreamWordsTests
{
    private const string Key = "sk-api-9fK2/mQ7+xWvB4nT8_zLrYc5HdJ3sPgE6uA=";

    private static readonly UpstreamWords Words = new(Key, "1712345678901234567");

    public static TheoryData<string> Spellings =>
    [
        Key,
        $"Bearer {Key}",
        Key.ToUpperInvariant(),
        Key[..20],
        Key[^12..],
        Key[10..18],
        Uri.EscapeDataString(Key),
        Uri.EscapeDataString(Uri.EscapeDataString(Key)),
        string.Concat(Key.Select(letter => $"%{(int)letter:x2}")),
        string.Concat(Key.Select(letter => $"\\u{(int)letter:x4}")),
        string.Concat(Key.Select(letter => $"\\\\u{(int)letter:X4}")),
        string.Concat(Key.Select(letter => $"\\x{(int)letter:x2}")),
        string.Concat(Key.Select(letter => $"&#{(int)letter};")),
        string.Concat(Key.Select(letter => $"&#x{(int)letter:x};")),
        Key.Replace("/", "\\/", StringComparison.Ordinal),
        Convert.ToBase64String(Encoding.UTF8.GetBytes(Key)),
        Convert.ToBase64String(Encoding.UTF8.GetBytes($"api:{Key}")),
        Convert.ToBase64String(Encoding.UTF8.GetBytes($"me@x:{Key}")),
        string.Join(' ', Key.ToCharArray()),
        string.Join("\r\n", Key.Chunk(4).Select(part => new string(part))),
        string.Join('\u200b', Key.ToCharArray()),
        string.Join("\u001b", Key.ToCharArray()),
        "group 1712345678901234567",
    ];

    [Theory]
    [MemberData(nameof(Spellings))]
    public void H5_no_spelling_of_a_secret_is_kept(string spelling)
    {
        var clean = Words.Clean($"invalid key '{spelling}' for this model");

        Assert.True(Words.FindSecret(spelling));
        Assert.False(Words.FindSecret(clean), clean);
        Assert.StartsWith("invalid key '", clean, StringComparison.Ordinal);
        Assert.EndsWith("' for this model", clean, StringComparison.Ordinal);
        Assert.Contains('…', clean);
        Assert.True(clean.Length < 60, clean);
    }

    [Theory]
    [InlineData("rate limit exceeded(RPM)", "rate limit exceeded(RPM)")]
    [InlineData("审核中 é 🙂", "审核中 é 🙂")]
    [InlineData("a\r\nb\tc", "a  b c")]
    [InlineData("\u001b[31mred\u0007\u009b0m\u0000", "[31mred0m")]
    [InlineData("a\u202eb\u2066c\u200fd\u2028e\ufefff", "abcd ef")]
    [InlineData("", "")]
    public void H5_what_steers_a_terminal_or_turns_a_text_is_taken_out(string said, string kept) => Assert.Equal(kept, Words.Clean(said));

    // Found by the property below: "%c5" is an escape as well.
    [Theory]
    [InlineData("100%")]
    [InlineData("&#")]
    [InlineData("\\x")]
    public void H5_a_sign_in_front_of_a_secret_hides_none_of_it(string sign)
    {
        for (var start = 0; start + 8 <= Key.Length; start++)
            Assert.DoesNotContain(Key.Substring(start, 8), Words.Clean(sign + Key[start..]), StringComparison.Ordinal);
    }

    [Fact]
    public void H5_a_text_is_kept_to_500_characters()
    {
        Assert.Equal(new string('x', 500) + "…", Words.Clean(new string('x', 5_000_000)));
        Assert.Equal(new string('x', 500), Words.Clean(new string('x', 500)));
        Assert.Equal(new string('x', 499) + "…", Words.Clean(new string('x', 499) + "🙂 and more"));
        Assert.Equal("half \ufffd a pair", Words.Clean("half \ud83d a pair"));
        Assert.InRange(Words.Clean(string.Concat(Enumerable.Repeat(Key, 100_000))).Length, 1, 10); // a few letters where the reading ended
        Assert.Equal("…", Words.Clean(new string('\u0001', 5_000_000)));
    }

    [Fact]
    public void H5_whatever_surrounds_a_part_of_a_secret_it_is_not_kept() => Law.Holds(
        from before in Texts
        from start in Gen.Choose(0, Key.Length - 8)
        from length in Gen.Choose(8, Key.Length - start)
        from after in Texts
        select (Before: before, Part: Key.Substring(start, length), After: after),
        said =>
        {
            var clean = Words.Clean(said.Before + said.Part + said.After);
            Assert.DoesNotContain(said.Part[..8], clean, StringComparison.OrdinalIgnoreCase);
            Assert.Equal(clean, Words.Clean(clean));
            Assert.InRange(clean.Length, 0, 501);
            Assert.DoesNotContain(clean.EnumerateRunes(), UpstreamWords.IsInvisible);
        });

    [Theory]
    [InlineData("04a7cd63e1", "04a7cd63e1")]
    [InlineData("tr\u00e4ce", null)]
    [InlineData("a\r\nSet-Cookie: b", null)]
    [InlineData("id 9fK2/mQ7+x", null)]
    public void H5_H16_a_header_passes_where_it_can_and_tells_nothing(string value, string? passed) =>
        Assert.Equal(passed, Words.Header(value));

    [Fact]
    public void H5_a_key_too_short_to_be_one_hides_nothing()
    {
        Assert.Equal("a key", new UpstreamWords("key").Clean("a key"));
        Assert.Equal("a …", new UpstreamWords("key-b").Clean("a key-b"));
    }

    private static FsCheck.Gen<string> Texts =>
        Gen.Elements("", " ", "a", "%", "\\", "\\u0", "&#", "%2", "\u200b", "\u001b[", "é", "🙂", "\ud800", "sk-api-", "Bearer ", "x\n")
            .ListOf()
            .Select(string.Concat);
}
