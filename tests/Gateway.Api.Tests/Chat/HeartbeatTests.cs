using Gateway.Api.Tests.Support;
using Gateway.Simulator;

namespace Gateway.Api.Tests.Chat;

/// <summary>V1: a caller of a stream hears comments while the upstream is silent; readers of MiniMax's streams pass over them.</summary>
public sealed class HeartbeatTests : GatewayTest
{
    private const string Path = "/v1/text/chatcompletion_v2";
    private const string Comment = ": keep-alive\n\n";

    private static readonly object Streamed = new
    {
        model = "MiniMax-M2",
        stream = true,
        messages = new[] { new { role = "user", content = "hi" } },
    };
    private static readonly FaultEffect Slow = new FaultEffect.Latency(500);

    private protected override void Configure() => Gateway["Gateway:Heartbeat"] = "00:00:00.030";

    [Fact]
    public async Task A_silence_before_the_first_byte_is_filled_with_comments()
    {
        await AddAccountAsync("key-a");
        Sim.Script.Next(Operation.Chat, Slow);

        var answer = (await Admin.PostAsync(Path, Streamed)).Expect(200);

        Assert.StartsWith(Comment, answer.Body, StringComparison.Ordinal);
        Assert.StartsWith("text/event-stream", answer.Header("Content-Type"), StringComparison.Ordinal);
        Assert.All(Blocks(answer), block => Assert.StartsWith("data: {", block, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_silence_within_an_answer_is_filled_between_its_frames_and_never_inside_one()
    {
        await AddAccountAsync("key-a");
        Sim.Script.Next(Operation.Chat, new FaultEffect.Answer(ContentType: "text/event-stream", Pieces:
        [
            new AnswerPiece("data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\nda"),
            new AnswerPiece("ta: {\"choices\":[{\"delta\":{\"content\":\"b\"}}]}\n\n", TimeSpan.FromMilliseconds(300)),
            new AnswerPiece("data: {\"choices\":[{\"finish_reason\":\"stop\",\"delta\":{}}]}\n\n", TimeSpan.FromMilliseconds(300)),
        ]));

        var answer = (await Admin.PostAsync(Path, Streamed)).Expect(200);

        Assert.Contains(Comment, answer.Body, StringComparison.Ordinal);
        Assert.Equal(3, Blocks(answer).Count);
        Assert.All(Blocks(answer), block => Assert.StartsWith("data: {", block, StringComparison.Ordinal));
    }

    [Fact]
    public async Task After_a_comment_an_error_is_told_as_a_frame()
    {
        var account = await AddAccountAsync("key-a");
        Sim.Script.Next(Operation.Chat, Slow);
        Sim.Script.Next(Operation.Chat, new FaultEffect.BaseResp(1002, "rate limit exceeded(RPM)"));

        var answer = (await Admin.PostAsync(Path, Streamed, ("Prefer", "wait=0"))).Expect(200);

        Assert.Contains("\"status_code\":1002", Assert.Single(Blocks(answer)), StringComparison.Ordinal);
        await SlotsAsync(account, 0);
    }

    [Fact]
    public async Task After_a_comment_another_account_may_still_answer()
    {
        await AddAccountAsync("key-a");
        await AddAccountAsync("key-b");
        Sim.Script.Next(Operation.Chat, Slow);
        Sim.Script.Next(Operation.Chat, new FaultEffect.BaseResp(1008, "insufficient balance"));

        var answer = (await Admin.PostAsync(Path, Streamed)).Expect(200);

        Assert.StartsWith(Comment, answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("1008", answer.Body, StringComparison.Ordinal);
        Assert.Contains("\"finish_reason\":\"stop\"", answer.Body, StringComparison.Ordinal);
        Assert.Equal(2, Sim.Ledger.Count(Operation.Chat));
    }

    [Fact]
    public async Task An_answer_in_one_piece_is_one_frame_after_a_comment()
    {
        await AddAccountAsync("key-a");
        Sim.Script.Next(Operation.Chat, Slow);
        Sim.Script.Next(
            Operation.Chat,
            new FaultEffect.HttpStatus(
                200, "{\"choices\":[{\"message\":{\"content\":\"hi\"}}],\n\"base_resp\":{\"status_code\":0}}", "application/json"));

        var answer = (await Admin.PostAsync(Path, Streamed)).Expect(200);

        Assert.Equal(
            "data: {\"choices\":[{\"message\":{\"content\":\"hi\"}}],\ndata: \"base_resp\":{\"status_code\":0}}",
            Assert.Single(Blocks(answer)));
    }

    [Fact]
    public async Task Who_asked_for_no_stream_hears_no_comment()
    {
        await AddAccountAsync("key-a");
        Sim.Script.Next(Operation.Chat, Slow);

        Assert.Equal(
            0,
            (await Admin.PostAsync(Path, new { model = "MiniMax-M2", messages = new[] { new { role = "user", content = "hi" } } })).Expect(200).BaseResp);
    }

    private static List<string> Blocks(Answer answer) =>
        [.. answer.Body.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Where(block => !block.StartsWith(':'))];
}
