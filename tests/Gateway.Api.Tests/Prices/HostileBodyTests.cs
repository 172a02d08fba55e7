using System.Text;
using Gateway.Api.Http;
using Gateway.Api.Native;
using Gateway.Api.Tests.Support;
using Gateway.Model.Kinds;
using Gateway.Model.Operations;
using Gateway.Testing;

namespace Gateway.Api.Tests.Prices;

/// <summary>Every reader of a caller's body, given a million keys, a million elements, and the greatest depth.</summary>
[Collection(Alone.Name)]
public sealed class HostileBodyTests : GatewayTest
{
    private const int Million = 1_000_000;

    private static readonly byte[] Keys = Body(Repeated("\"k\":1"));
    private static readonly byte[] Elements = Body($"\"messages\":[{Repeated("{\"video_url\":1}")}]");

    private static string Repeated(string item) => string.Join(',', Enumerable.Repeat(item, Million));

    private static byte[] Body(string fields) => Encoding.UTF8.GetBytes("{\"model\":\"m\"," + fields + ",\"stream\":true}");

    [Fact]
    public void H1_decisive_fields_are_found_among_a_million()
    {
        Assert.True(Briefly.Run(() => NativeRequest.Read(JobKind.Chat, WorkOperation.Plain, Keys)).Stream);
        Assert.True(Briefly.Run(() => NativeRequest.Read(JobKind.Chat, WorkOperation.Plain, Elements)).Stream);
        Assert.Contains(
            $"at most {JsonObjectReader.MostFields} fields",
            Assert.Throws<ApiException>(() => Briefly.Run(() => JsonObjectReader.Fields(Keys))).Error.OneLine,
            StringComparison.Ordinal);
        var deep = Body($"\"messages\":{new string('[', 127)}{new string(']', 127)}");
        Assert.True(NativeRequest.Read(JobKind.Chat, WorkOperation.Plain, deep).Stream);
        Assert.Throws<ApiException>(
            () =>
                Briefly.Run(
                    () =>
                        NativeRequest.Read(
                            JobKind.Chat, WorkOperation.Plain, Body($"\"x\":{new string('[', Million)}{new string(']', Million)}"))));
    }

    [Fact]
    public void H1_a_million_of_one_decisive_field_are_refused_at_once()
    {
        var refused = Assert.Throws<ApiException>(
            () => Briefly.Run(() => NativeRequest.Read(JobKind.Video, WorkOperation.Plain, Body(Repeated("\"callback_url\":null")))));
        Assert.Equal("callback_url", Assert.Single(refused.Error.Errors!).Field);
    }

    [Fact]
    public void H1_ids_and_links_are_found_among_a_million_and_no_more_are_looked_up_than_a_request_may_name()
    {
        Assert.Empty(Briefly.Run(() => AssetRefs.Find(OperationTable.Of(JobKind.Chat, WorkOperation.Plain), Elements)));
        var links = Body($"\"messages\":[{Repeated("{\"url\":\"mm_file://1\"}")}]");
        Assert.Contains(
            "names 1000000 files, voices and tasks, and may name 100",
            Assert.Throws<ApiException>(
                () => Briefly.Run(() => AssetRefs.Find(OperationTable.Of(JobKind.Chat, WorkOperation.Plain), links))).Error.Message,
            StringComparison.Ordinal);
        var voices = Body($"\"timbre_weights\":[{Repeated("{\"voice_id\":\"v\"}")}]");
        Assert.Contains(
            "may name 100",
            Assert.Throws<ApiException>(
                () => Briefly.Run(() => AssetRefs.Find(OperationTable.Of(JobKind.Speech, WorkOperation.Plain), voices))).Error.Message,
            StringComparison.Ordinal);
        var ids = Body(Repeated("\"task_id\":1"));
        Assert.Throws<ApiException>(
            () => Briefly.Run(() => AssetRefs.Find(OperationTable.Of(JobKind.Video, WorkOperation.VideoRegeneration), ids)));
        Assert.Throws<ApiException>(() => Briefly.Run(() => SoleValue.Find(ids, "task_id")));
        // Blanks before a link, which some readers trim, and names that are written in escapes.
        Assert.Single(
            Briefly.Run(
                () =>
                    AssetRefs.Find(
                        OperationTable.Of(JobKind.Chat, WorkOperation.Plain), Body($"\"url\":\"{new string(' ', Million)}mm_file://1\""))));
        Assert.Empty(
            Briefly.Run(() => AssetRefs.Find(OperationTable.Of(JobKind.Chat, WorkOperation.Plain), Body(Repeated("\"\\u0075rl\":\"x\"")))));
    }

    [Fact]
    public void H1_a_caller_who_leaves_ends_the_reading()
    {
        using var left = new CancellationTokenSource();
        left.Cancel();
        Assert.Throws<OperationCanceledException>(
            () => NativeRequest.Read(JobKind.Chat, WorkOperation.Plain, Keys, cancellationToken: left.Token));
        Assert.Throws<OperationCanceledException>(
            () => AssetRefs.Find(OperationTable.Of(JobKind.Chat, WorkOperation.Plain), Keys, left.Token));
    }

    [Fact]
    public async Task H1_a_body_of_a_million_keys_costs_its_sender_an_answer_and_nobody_a_slot()
    {
        var account = await AddAccountAsync("key-a");
        (await Admin.PostAsync("/v1/video_generation", Body(Repeated("\"callback_url\":null")))).ExpectBaseResp(400, 2013, "callback_url: must stand once");
        await SlotsAsync(account, 0);
        Assert.Empty(Sim.Ledger.Requests(Simulator.Operation.VideoSubmit));
    }
}
