using System.Text.Json.Serialization;

namespace Gateway.Simulator;

/// <summary>What goes wrong. In JSON the kind is the <c>type</c> member.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(BaseResp), "base_resp")]
[JsonDerivedType(typeof(Envelope), "envelope")]
[JsonDerivedType(typeof(HttpStatus), "http_status")]
[JsonDerivedType(typeof(AcceptThen502), "accept_then_502")]
[JsonDerivedType(typeof(LoseAnswer), "lose_answer")]
[JsonDerivedType(typeof(ConnectionReset), "connection_reset")]
[JsonDerivedType(typeof(Hang), "hang")]
[JsonDerivedType(typeof(Latency), "latency")]
[JsonDerivedType(typeof(TaskFails), "task_fails")]
[JsonDerivedType(typeof(StreamBreak), "stream_break")]
[JsonDerivedType(typeof(StreamErrorFrame), "stream_error_frame")]
[JsonDerivedType(typeof(EmptyBody), "empty_body")]
[JsonDerivedType(typeof(TruncatedStream), "truncated_stream")]
[JsonDerivedType(typeof(OverloadedEnvelope), "overloaded_envelope")]
[JsonDerivedType(typeof(Answer), "answer")]
[JsonDerivedType(typeof(TaskSays), "task_says")]
public abstract record FaultEffect
{
    private FaultEffect()
    {
    }

    /// <summary>
    /// The native refusal under HTTP 200. A streaming chat gets it as its first frame,
    /// or as plain JSON with <paramref name="AsJson"/>. Surfaces that never send a <c>base_resp</c>
    /// (V2, Anthropic) say the same code in their envelope.
    /// </summary>
    public sealed record BaseResp(int Code, string Message, bool AsJson = false) : FaultEffect;

    /// <summary>The error envelope under a real status: the usual one of the code, unless a <paramref name="Status"/> is given.</summary>
    public sealed record Envelope(int Code, string Message, int? Status = null) : FaultEffect;

    /// <summary>An answer of the edge. Without a body it is nginx's HTML page for the status.</summary>
    public sealed record HttpStatus(int Status, string? Body = null, string ContentType = "text/html") : FaultEffect;

    /// <summary>The work is accepted and runs; the answer is nginx's 502 page.</summary>
    public sealed record AcceptThen502 : FaultEffect;

    /// <summary>
    /// The work is accepted and runs; the connection goes away without an answer: by a reset,
    /// or closed in good order with <paramref name="Fin"/>, which some HTTP clients take as leave to send again.
    /// </summary>
    public sealed record LoseAnswer(bool Fin = false) : FaultEffect;

    /// <summary>The connection goes away before anything is accepted.</summary>
    public sealed record ConnectionReset : FaultEffect;

    /// <summary>No answer until the client leaves. <paramref name="Accepted"/>: the work runs all the same.</summary>
    public sealed record Hang(bool Accepted = false) : FaultEffect;

    /// <summary>The answer comes this much later. Adds up with other rules that match.</summary>
    public sealed record Latency(int Ms) : FaultEffect;

    /// <summary>For a submit: the task it creates fails.</summary>
    public sealed record TaskFails(int Code = 1027, string Message = "output new_sensitive") : FaultEffect;

    /// <summary>The connection breaks after so many frames. An answer that is no stream breaks in the middle.</summary>
    public sealed record StreamBreak(int AfterFrames = 1) : FaultEffect;

    /// <summary>After so many frames comes one with an error, then the stream ends.</summary>
    public sealed record StreamErrorFrame(int AfterFrames = 1, int Code = 1000, string Message = "unknown error, 520") : FaultEffect;

    /// <summary>HTTP 200 and nothing else. <paramref name="Accepted"/>: the work runs all the same.</summary>
    public sealed record EmptyBody(bool Accepted = false) : FaultEffect;

    /// <summary>The stream ends in good order, but before <c>finish_reason</c>. Other answers break in the middle.</summary>
    public sealed record TruncatedStream : FaultEffect;

    /// <summary>HTTP 529 with the envelope that ends in <c>(2064) (529)</c>.</summary>
    public sealed record OverloadedEnvelope : FaultEffect;

    /// <summary>
    /// Any answer at all. With <paramref name="Accepted"/> the work is done and counted, and <c>$(path)</c> in the text stands for
    /// that member of what the platform would have answered, as in <c>$(task_id)</c> or <c>$(task.content.url)</c>.
    /// </summary>
    /// <param name="Body">The text. Null, without pieces: what the platform would have answered where the work is accepted, else
    /// nothing.</param>
    /// <param name="Status">The HTTP status.</param>
    /// <param name="ContentType">Null: no such header.</param>
    /// <param name="Headers">Further headers; they win over the platform's own.</param>
    /// <param name="Pieces">The text in pieces with pauses between them, in place of <paramref name="Body"/>.</param>
    /// <param name="Gzip">The bytes are really gzip'd, and the header says so.</param>
    /// <param name="HeadFirst">Status and headers leave before the first piece's pause instead of after it.</param>
    /// <param name="Breaks">The connection breaks after the last piece instead of ending.</param>
    public sealed record Answer(
        string? Body = null,
        int Status = 200,
        string? ContentType = "application/json; charset=utf-8",
        IReadOnlyDictionary<string, string>? Headers = null,
        IReadOnlyList<AnswerPiece>? Pieces = null,
        bool Accepted = false,
        bool Gzip = false,
        bool HeadFirst = false,
        bool Breaks = false) : FaultEffect;

    /// <summary>
    /// For the query of a task: its own answer, but with this status word. <paramref name="WithResult"/> off: file and link are empty.
    /// </summary>
    public sealed record TaskSays(string Status, bool WithResult = true) : FaultEffect;
}
