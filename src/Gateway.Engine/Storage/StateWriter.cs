using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Gateway.Model.Accounts;
using Gateway.Model.Jobs;

namespace Gateway.Engine.Storage;

/// <summary>Writes states as UTF-8 into one buffer used again and again; what it answers holds until the next write.</summary>
internal sealed class StateWriter : IDisposable
{
    private readonly ArrayBufferWriter<byte> _buffer = new(4096);
    private readonly Utf8JsonWriter _writer;

    public StateWriter() => _writer = new Utf8JsonWriter(_buffer, new JsonWriterOptions { SkipValidation = true });

    public ReadOnlySpan<byte> Write(AccountState account) => Write(account, StateJson.Default.AccountState);

    public ReadOnlySpan<byte> Write(JobState job) => Write(job, StateJson.Default.JobState);

    public void Dispose() => _writer.Dispose();

    private ReadOnlySpan<byte> Write<T>(T state, JsonTypeInfo<T> type)
    {
        _buffer.ResetWrittenCount();
        _writer.Reset();
        JsonSerializer.Serialize(_writer, state, type);
        return _buffer.WrittenSpan;
    }
}
