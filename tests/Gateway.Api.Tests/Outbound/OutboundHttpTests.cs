using System.Net;
using System.Text;
using Gateway.Api.Tests.Support;
using Gateway.Silo.Outbound;
using Gateway.Testing;

namespace Gateway.Api.Tests.Outbound;

/// <summary>The way out to addresses that callers chose: one resolution, judged addresses, no detours, little read.</summary>
public sealed class OutboundHttpTests : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    private readonly ManualClock _clock = new();
    private readonly List<string> _resolved = [];
    private RequestDelegate _answer = context => context.Response.WriteAsync("{}");
    private RawUpstream? _receiver;
    private int _received;

    private async Task<Uri> ReceiverAsync(string path = "/hook", string host = "127.0.0.1")
    {
        _receiver ??= await RawUpstream.StartAsync(context =>
        {
            Interlocked.Increment(ref _received);
            return _answer(context);
        });
        return new Uri($"http://{host}:{_receiver.BaseUrl.Port}{path}");
    }

    private OutboundHttp Outbound(string[] allowed, params IPAddress[] addresses) => new(AddressJudge.From(allowed), _clock, (host, _) =>
    {
        lock (_resolved) _resolved.Add(host);
        return Task.FromResult(addresses.Length > 0 ? addresses : [IPAddress.Parse(host.Trim('[', ']'))]);
    });

    private static Task<PostOutcome> PostAsync(OutboundHttp http, Uri url) =>
        http.PostAsync(url, "{\"a\":1}"u8.ToArray(), Limit, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        if (_receiver is not null) await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task A_json_body_is_posted_and_the_answer_read()
    {
        (string? Method, string? Type, string Body, string? Cookie, string? Trace) seen = default;
        _answer = async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            seen = (
                context.Request.Method, context.Request.ContentType, await reader.ReadToEndAsync(), context.Request.Headers.Cookie,
                context.Request.Headers.TraceParent);
            context.Response.Cookies.Append("a", "b");
            await context.Response.WriteAsync("heard");
        };
        using var http = Outbound(["127.0.0.0/8"]);
        for (var i = 0; i < 2; i++)
        {
            var answered = Assert.IsType<PostOutcome.Answered>(await PostAsync(http, await ReceiverAsync()));
            Assert.Equal((200, "heard", true), (answered.Status, Encoding.UTF8.GetString(answered.Body), answered.IsSuccess));
            Assert.Equal(("POST", "application/json", "{\"a\":1}", null, null), seen);
        }
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("[::1]")]
    [InlineData("[::ffff:127.0.0.1]")]
    [InlineData("2130706433")]
    [InlineData("0x7f000001")]
    [InlineData("127.1")]
    [InlineData("localhost")]
    public async Task An_inner_address_is_not_connected_to_whatever_its_spelling(string host)
    {
        using var http = new OutboundHttp(AddressJudge.From([]), _clock);
        var outcome = Assert.IsType<PostOutcome.Unreached>(await PostAsync(http, await ReceiverAsync(host: host)));
        Assert.Equal("its host is not at a public address", outcome.Why);
        Assert.Equal(0, _received);
    }

    [Fact]
    public async Task A_public_name_that_leads_inside_is_not_followed_and_its_address_is_not_told()
    {
        using var http = Outbound([], IPAddress.Loopback, IPAddress.Parse("10.9.8.7"));
        var outcome = await PostAsync(http, await ReceiverAsync(host: "rebind.example"));
        Assert.DoesNotContain("10.9.8.7", outcome.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("127.0.0.1", outcome.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, _received);
    }

    [Fact]
    public async Task A_name_is_resolved_once_and_the_judged_address_is_the_one_connected_to()
    {
        using var http = Outbound(["127.0.0.0/8"], IPAddress.Parse("10.9.8.7"), IPAddress.Loopback);
        Assert.True((await PostAsync(http, await ReceiverAsync(host: "receiver.example"))).IsSuccess);
        Assert.Equal(["receiver.example"], _resolved);
    }

    [Fact]
    public async Task An_address_that_refuses_leaves_the_next_its_turn()
    {
        using var http = Outbound(["127.0.0.0/8", "::1/128"], IPAddress.IPv6Loopback, IPAddress.Loopback);
        Assert.True((await PostAsync(http, await ReceiverAsync(host: "dual.example"))).IsSuccess);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_redirect_is_an_answer_not_a_way(int status)
    {
        _answer = context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = "/elsewhere";
            return Task.CompletedTask;
        };
        using var http = Outbound(["127.0.0.0/8"]);
        var outcome = await PostAsync(http, await ReceiverAsync());
        Assert.Equal((status, false), (Assert.IsType<PostOutcome.Answered>(outcome).Status, outcome.IsSuccess));
        Assert.Equal(1, _received);
    }

    [Fact]
    public async Task Of_an_endless_answer_four_kilobytes_are_read()
    {
        var left = new TaskCompletionSource();
        _answer = async context =>
        {
            try
            {
                while (true) await context.Response.Body.WriteAsync(new byte[8192], context.RequestAborted);
            }
            catch (Exception gone) when (gone is OperationCanceledException or IOException)
            {
                left.SetResult();
            }
        };
        using var http = Outbound(["127.0.0.0/8"]);
        Assert.Equal(
            OutboundHttp.LargestAnswer, Assert.IsType<PostOutcome.Answered>(await PostAsync(http, await ReceiverAsync())).Body.Length);
        await left.Task;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_receiver_that_keeps_silent_is_given_up(bool afterItsHead)
    {
        var asked = new TaskCompletionSource();
        _answer = async context =>
        {
            if (afterItsHead) await context.Response.Body.FlushAsync();
            asked.TrySetResult();
            await Task.Delay(
                Timeout.InfiniteTimeSpan, TimeProvider.System,
                context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        };
        using var http = Outbound(["127.0.0.0/8"]);
        var post = PostAsync(http, await ReceiverAsync());
        await asked.Task;
        Assert.False(post.IsCompleted);
        _clock.Advance(Limit);
        Assert.Equal("it did not answer within 3 s", Assert.IsType<PostOutcome.Unreached>(await post).Why);
    }

    [Fact]
    public async Task A_closed_port_and_an_unknown_name_are_said_without_details()
    {
        var url = await ReceiverAsync();
        await _receiver!.DisposeAsync();
        _receiver = null;
        using var http = Outbound(["127.0.0.0/8"]);
        Assert.Equal("the connection failed", Assert.IsType<PostOutcome.Unreached>(await PostAsync(http, url)).Why);

        using var unknown = new OutboundHttp(AddressJudge.From([]), _clock, (_, _) => throw new System.Net.Sockets.SocketException(11001));
        Assert.Equal(
            "its host is not at a public address",
            Assert.IsType<PostOutcome.Unreached>(await PostAsync(unknown, new Uri("http://nowhere.invalid/"))).Why);
    }

    [Fact]
    public async Task Whoever_asked_may_leave()
    {
        var asked = new TaskCompletionSource();
        _answer = async context =>
        {
            asked.TrySetResult();
            await Task.Delay(
                Timeout.InfiniteTimeSpan, TimeProvider.System,
                context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        };
        using var http = Outbound(["127.0.0.0/8"]);
        using var leave = new CancellationTokenSource();
        var post = http.PostAsync(await ReceiverAsync(), "{}"u8.ToArray(), Limit, leave.Token);
        await asked.Task;
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => post);
    }
}
