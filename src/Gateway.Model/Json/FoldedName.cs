using System.Text;
using System.Text.Json;

namespace Gateway.Model.Json;

/// <summary>
/// A property's name as the most lenient of readers reads it. MiniMax's own words ("json: unknown field") are those of Go, whose reader
/// minds no case and takes <c>FILE_ID</c>, and even <c>Max_To\u212aens</c>, for the name it knows. Names are compared in place: a million
/// of them cost no memory.
/// </summary>
internal static class FoldedName
{
    /// <summary>The longest name anybody looks for.</summary>
    public const int Longest = 32;

    // Each letter may be written as an escape of six bytes.
    private const int LongestWritten = 6 * Longest;

    /// <summary>
    /// The name the reader stands on, in lower case; empty where it is none that anybody looks for: longer, or of other letters.
    /// </summary>
    /// <param name="reader">Stands on a property's name.</param>
    /// <param name="buffer">Where it is put; <see cref="Longest"/> bytes.</param>
    public static ReadOnlySpan<byte> Of(in Utf8JsonReader reader, Span<byte> buffer)
    {
        var written = reader.ValueSpan;
        if (written.Length > LongestWritten) return [];
        if (reader.ValueIsEscaped || !Ascii.IsValid(written)) return OfLetters(in reader, buffer);
        if (written.Length > Longest) return [];
        Ascii.ToLower(written, buffer, out var length);
        return buffer[..length];
    }

    /// <summary>Whether the name the reader stands on reads as this one, which is in lower case.</summary>
    public static bool Is(in Utf8JsonReader reader, ReadOnlySpan<char> name)
    {
        var written = reader.ValueSpan;
        if (written.Length < name.Length) return false;
        if (!reader.ValueIsEscaped && written.Length == name.Length) return Ascii.EqualsIgnoreCase(written, name);
        if (!reader.ValueIsEscaped && Ascii.IsValid(written)) return false;
        Span<byte> buffer = stackalloc byte[Longest];
        return Ascii.Equals(Of(in reader, buffer), name);
    }

    private static ReadOnlySpan<byte> OfLetters(in Utf8JsonReader reader, Span<byte> buffer)
    {
        Span<char> letters = stackalloc char[LongestWritten];
        if (TryRead(in reader, letters) is not (<= Longest and var length)) return [];
        for (var index = 0; index < length; index++)
        {
            if (Folded(letters[index]) is not { } letter) return [];
            buffer[index] = letter;
        }

        return buffer[..length];
    }

    private static int? TryRead(in Utf8JsonReader reader, Span<char> letters)
    {
        try
        {
            return reader.CopyString(letters);
        }
        catch (InvalidOperationException)
        {
            return null; // half a surrogate pair is no name of ours
        }
    }

    // The two letters beyond ASCII that fold to one of ASCII's: the Kelvin sign and the long s.
    private static byte? Folded(char letter) => letter switch
    {
        '\u212a' => (byte)'k',
        '\u017f' => (byte)'s',
        _ when char.IsAscii(letter) => (byte)char.ToLowerInvariant(letter),
        _ => null,
    };
}
