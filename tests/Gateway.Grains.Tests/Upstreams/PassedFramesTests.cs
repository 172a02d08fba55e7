using System.Text;
using FsCheck.Fluent;
using Gateway.Grains.Tests.Support;
using Gateway.Model.Answers;
using Gateway.Upstreams.MiniMax.Verdicts;

namespace Gateway.Grains.Tests.Upstreams;

/// <summary>A stream on its way through: what is no error stays as it came, wherever the network cuts it.</summary>
public sealed class PassedFramesTests
{
    private const string Key = "sk-api-9fK2mQ7xWvB4nT8zLrYc5HdJ3sPgE6uA";

    private static readonly UpstreamWords Words = new(Key);

    [Fact]
    public void H5_frames_without_an_error_pass_byte_for_byte_however_they_are_cut() => Law.Holds(
        from frames in Gen.Elements(
            "data: {\"choices\":[{\"delta\":{\"content\":\"an error\"}}]}\n\n", "data:{\"a\":1}\r\n\r\n", ": a comment\n\n",
            "event: error\n", "\n", "data: [DONE]\n\n",
            "data: {\"data\":{\"audio\":\"00ff\"},\"base_resp\":{\"status_code\":0,\"status_msg\":\"success\"}}\n\n",
            "data: no json about an error\n\n",
            "data: {\"half\":",
            "id: 7\n").ListOf()
        from cuts in Gen.Choose(1, 40).NonEmptyListOf()
        select (Text: string.Concat(frames), Cuts: cuts.ToList()),
        stream => Assert.Equal(stream.Text, Passed(stream.Text, stream.Cuts)));

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(10_000)]
    public void H5_an_error_in_a_stream_is_cleaned_and_the_rest_stays(int cut)
    {
        const string Before = "data: {\"choices\":[{\"delta\":{\"content\":\"Hel\"}}]}\n\n";
        const string After = "data: [DONE]\r\n\r\n";

        Assert.Equal(
            Before + "data: {\"type\":\"error\",\"error\":{\"type\":\"server_error\",\"message\":\"no … " +
                "[0m\"},\"request_id\":\"1\"}\r\n\r\n" + After,
            Passed(
                $"{Before}data:  {{\"type\":\"error\",\"error\":{{\"type\":\"server_error\",\"message\":\"no {Key}\\u001b " +
                    $"[0m\"}},\"request_id\":\"1\"}}\r\n\r\n{After}",
                [cut]));
        Assert.Equal(Before + "data: an error with …\n\n" + After, Passed($"{Before}data: an error with {Key}\n\n{After}", [cut]));
    }

    [Theory]
    [InlineData("""{"base_resp":{"status_code":1008,"status_msg":"insufficient balance of account 7"}}""")]
    [InlineData("""{"error":{"message":"invalid api key (2049)"}}""")]
    [InlineData("""{"base_resp":{"status_code":1002,"status_msg":"rate limit of 20 RPM"}}""")]
    public void H5_what_concerns_the_account_is_a_general_sentence(string error)
    {
        var passed = Passed($"data: {error}\n\n", [11]);
        Assert.Equal(
            "data: {\"base_resp\":{\"status_code\":1033,\"status_msg\":\"the account that was asked could not serve it " +
                "(account_unavailable)\"}}\n\n",
            passed);
    }

    [Theory]
    [InlineData("{\"base_resp\":{\"status_code\":2013,\"status_msg\":\"", "\"}}")]
    [InlineData("{\"error\":{\"message\":\"", " (2013)\"}}")]
    [InlineData("{\"id\":\"1\",\"error\":{\"message\":\"", "\"}}")]
    public void H5_a_long_error_becomes_a_short_one(string opening, string end)
    {
        foreach (var length in new[] { 10_000, 900_000, opening.Contains("id", StringComparison.Ordinal) ? 900_000 : 5_000_000 })
        {
            var passed = Passed(
                $"data: {opening}{string.Concat(Enumerable.Repeat(Key, length / Key.Length))}{end}\n\ndata: [DONE]\n\n", [16_384]);
            Assert.True(passed.Length < 1000, passed[..Math.Min(passed.Length, 300)]);
            Assert.False(Words.FindSecret(passed));
            Assert.EndsWith("}\n\ndata: [DONE]\n\n", passed, StringComparison.Ordinal);
            Assert.NotNull(PlatformVerdict.Of(200, Encoding.UTF8.GetBytes(passed.Split('\n')[0][6..])));
        }
    }

    [Fact]
    public void H5_long_frames_pass_as_they_come()
    {
        var frames = new PassedFrames(Words);
        var held = 0;
        for (var i = 0; i < 1000; i++)
        {
            var piece = Encoding.UTF8.GetBytes(
                i == 0 ? "data: {\"data\":{\"audio\":\"" + new string('0', 10_000) : new string('0', 10_000));
            held += piece.Length - frames.Pass(piece).Length;
            Assert.InRange(held, 0, 80_000);
        }
    }

    private static string Passed(string stream, IReadOnlyList<int> cuts)
    {
        var frames = new PassedFrames(Words);
        var passed = new MemoryStream();
        var rest = Encoding.UTF8.GetBytes(stream).AsMemory();
        for (var i = 0; !rest.IsEmpty; i++)
        {
            var piece = rest[..Math.Min(cuts[i % cuts.Count], rest.Length)];
            passed.Write(frames.Pass(piece).Span);
            rest = rest[piece.Length..];
        }

        passed.Write(frames.End().Span);
        return Encoding.UTF8.GetString(passed.ToArray());
    }
}
