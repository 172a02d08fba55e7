using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Gateway.Simulator;

/// <summary>Answers a test has written itself, in place of the platform's own.</summary>
internal static partial class ScriptedAnswers
{
    // What a query hands out when a task has succeeded, in the words of all task APIs.
    private static readonly string[] Results = ["file_id", "video_url"];

    /// <summary>What it says where the platform did nothing.</summary>
    public static Reply.Scripted Alone(FaultEffect.Answer answer) => new(answer, [.. Written(answer).Select(ScriptedPiece.Of)]);

    /// <summary>What it says of work that was accepted.</summary>
    public static Reply.Scripted InPlaceOf(Reply reply, FaultEffect.Answer answer)
    {
        bool isOwn = answer.Body is null && answer.Pieces is null;
        return new Reply.Scripted(answer, isOwn ? Own(reply) : Filled(Written(answer), reply)) { FirstByte = reply.FirstByte };
    }

    /// <summary>The answer of a task's query in other words.</summary>
    public static Reply.Document Says(Reply.Document reply, FaultEffect.TaskSays says)
    {
        JsonObject body = reply.Body.DeepClone().AsObject();
        JsonObject task = body["task"]?.AsObject() ?? body;
        task["status"] = says.Status;
        if (!says.WithResult)
        {
            TakeResult(task);
        }

        return reply with { Body = body };
    }

    private static void TakeResult(JsonObject task)
    {
        task.Remove("content");
        foreach (string name in Results.Where(task.ContainsKey))
        {
            task[name] = "";
        }
    }

    private static IReadOnlyList<AnswerPiece> Written(FaultEffect.Answer answer) =>
        answer.Pieces ?? (answer.Body is { } text ? [new AnswerPiece(text)] : []);

    private static ScriptedPiece[] Own(Reply reply) => reply switch
    {
        Reply.Document document => [new ScriptedPiece(Encoding.UTF8.GetBytes(Json.Write(document.Body)))],
        Reply.Stream stream => [.. stream.Frames.Select((frame, i) =>
            new ScriptedPiece(Encoding.UTF8.GetBytes(frame.Text), i == 0 ? TimeSpan.Zero : stream.BetweenFrames))],
        Reply.Raw raw => [new ScriptedPiece(raw.Body)],
        _ => [],
    };

    private static ScriptedPiece[] Filled(IReadOnlyList<AnswerPiece> pieces, Reply reply) =>
        [.. pieces.Select(piece => reply is Reply.Document own ? piece with { Text = Filled(piece.Text, own.Body) } : piece).Select(ScriptedPiece.Of)];

    private static string Filled(string text, JsonObject own) => Place().Replace(text, place => Member(own, place.Groups[1].Value));

    private static string Member(JsonObject own, string path)
    {
        JsonNode? node = own;
        foreach (string name in path.Split('.'))
        {
            node = (node as JsonObject)?[name];
        }

        return node?.ToString() ?? throw new InvalidOperationException($"the platform's own answer has no '{path}': {own.ToJsonString()}");
    }

    [GeneratedRegex(@"\$\(([a-z0-9_.]+)\)", RegexOptions.CultureInvariant)]
    private static partial Regex Place();
}
