using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gateway.Model.Ids;

/// <summary>The id of one upstream account: decimal digits, as useapi.net's clients expect.</summary>
[JsonConverter(typeof(Json))]
internal readonly record struct AccountId(string Value) : IComparable<AccountId>
{
    /// <summary>The longest id accepted; MiniMax's own ids have 18 digits.</summary>
    public const int MaxLength = 32;

    public static bool TryParse(string? text, out AccountId id)
    {
        id = new AccountId(text ?? "");
        return text is { Length: > 0 and <= MaxLength } && text.All(char.IsAsciiDigit);
    }

    // Ordinal, like COLLATE "C": the lock order must be the same on every node and in every dialect (T4).
    public int CompareTo(AccountId other) => string.CompareOrdinal(Value, other.Value);

    public override string ToString() => Value;

    internal sealed class Json : JsonConverter<AccountId>
    {
        public override AccountId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            new(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, AccountId value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.Value);
    }
}
