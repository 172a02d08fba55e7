using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gateway.Grains.Jobs;

/// <summary>
/// The id of a job: a positive 63-bit number, rising with time, written in decimal.
/// It doubles as MiniMax's <c>task_id</c> and <c>file_id</c>, which are decimal integers there.
/// </summary>
[JsonConverter(typeof(Json))]
internal readonly record struct JobId(long Value) : IComparable<JobId>
{
    public static bool TryParse(string? text, out JobId id)
    {
        var ok = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0;
        id = new JobId(value);
        return ok;
    }

    public int CompareTo(JobId other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);

    internal sealed class Json : JsonConverter<JobId>
    {
        public override JobId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetInt64());

        public override void Write(Utf8JsonWriter writer, JobId value, JsonSerializerOptions options) => writer.WriteNumberValue(value.Value);
    }
}
