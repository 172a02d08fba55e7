using Gateway.Engine.Storage;

namespace Gateway.Api.Tests.Support;

/// <summary>
/// A test of what the gateway tells others: a receiver on loopback that may be called, short pauses between tries, and an account.
/// </summary>
public abstract class OutboxTest : GatewayTest
{
    private IAsyncDisposable? _receiver;

    private protected OutboxTest(TestData data)
        : base(data)
    {
    }

    public override async ValueTask InitializeAsync()
    {
        _receiver = await StartReceiverAsync();
        await base.InitializeAsync();
        await AddAccountAsync("key-a", 3);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_receiver is not null) await _receiver.DisposeAsync();
    }

    private protected abstract Task<IAsyncDisposable> StartReceiverAsync();

    private protected override void Configure()
    {
        Gateway["Gateway:Webhooks:AllowedNetworks:0"] = "127.0.0.0/8";
        Gateway["Gateway:Webhooks:FirstRetry"] = "00:00:00.050";
        Gateway["Gateway:Webhooks:LongestRetry"] = "00:00:00.100";
        Gateway["Gateway:Webhooks:ReplyLongestRetry"] = "00:00:00.100";
        Gateway["Gateway:Webhooks:LookEvery"] = "";
        // A slow restart among retries so quick must not let a receiver rest for half a minute.
        Gateway["Gateway:Webhooks:BreakerAfter"] = "1000000";
    }

    private protected Task OutboxEmptyAsync() =>
        EventuallyAsync(async () => (await Gateway.Services.GetRequiredService<IOutboxStore>().HostsAsync(Patience)).Count == 0);
}
