using System.Text;
using FsCheck.Fluent;
using Gateway.Grains.Tests.Support;
using Gateway.Model.Accounts;
using Gateway.Model.Kinds;
using Gateway.Upstreams.MiniMax.Verdicts;

namespace Gateway.Grains.Tests.Upstreams;

public sealed class PlatformUsageTests
{
    private const long Most = long.MaxValue / 2;

    // The forms of docs/minimax.md, "Chat", "Streams", "Speech", "Images".
    [Theory]
    [InlineData(
        JobKind.Chat,
        """{"usage":{"total_tokens":249,"prompt_tokens":26},"input_sensitive":false,"base_resp":{"status_code":0,"status_msg":""}}""", 1L,
        249L)]
    [InlineData(
        JobKind.Chat,
        "data: {\"usage\":{\"total_tokens\":0}}\n\ndata: {\"object\":\"chat.completion\",\"usage\":{\"total_tokens\": 1001}}\n\n", 2L,
        1001L)]
    [InlineData(JobKind.Chat, "data: {\"usage\":{\"total_tokens\":0}}\n\n", null, null)]
    [InlineData(JobKind.Chat, """{"choices":[{"message":{"content":"\"total_tokens\":7"}}],"usage":null}""", null, null)]
    // H15: a cost that cannot be counted is no small one
    [InlineData(JobKind.Chat, """{"usage":{"total_tokens":99999999999999999999}}""", (Most + 999) / 1000, Most)]
    [InlineData(JobKind.Image, """{"metadata":{"success_count":"9223372036854775807"}}""", long.MaxValue, null)]
    [InlineData(JobKind.Image, """{"metadata":{"success_count":"9e18"}}""", Most, null)]
    [InlineData(JobKind.Image, """{"metadata":{"success_count":2.5}}""", 3L, null)]
    [InlineData(JobKind.Image, """{"metadata":{"success_count":-9}}""", null, null)]
    [InlineData(JobKind.Chat, "", null, null)]
    [InlineData(JobKind.Speech, """{"data":{"audio":"00"},"extra_info":{"usage_characters":26},"base_resp":{}}""", 1L, null)]
    [InlineData(JobKind.Speech, """{"extra_info":{"usage_characters":2001}}""", 3L, null)]
    [InlineData(JobKind.Image, """{"metadata":{"success_count":"3","failed_count":"0"}}""", 3L, null)]
    [InlineData(JobKind.Image, """{"metadata":{"success_count":0}}""", 0L, null)]
    [InlineData(JobKind.Music, """{"usage":{"total_tokens":249}}""", null, null)]
    internal void What_an_answer_reports_is_read_from_its_end(JobKind kind, string end, long? units, long? tokens) =>
        Assert.Equal(new Usage(units, tokens), PlatformUsage.Of(kind, WorkOperation.Plain, Encoding.UTF8.GetBytes(end)));

    [Fact]
    public void The_end_is_kept_however_the_answer_is_cut() => Law.HoldsForAll(Gen.Choose(0, 6000), cuts =>
    {
        var tail = new AnswerTail();
        List<byte> all = [];
        foreach (var length in cuts)
        {
            var part = new byte[length];
            for (var index = 0; index < length; index++) part[index] = (byte)(all.Count + index);
            tail.Add(part);
            all.AddRange(part);
        }

        Assert.True(tail.Bytes.SequenceEqual(all.TakeLast(PlatformUsage.TailLength).ToArray()));
    });
}
