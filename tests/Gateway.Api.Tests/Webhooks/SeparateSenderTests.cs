using Gateway.Api.Tests.Support;
using Gateway.Silo.Outbound;

namespace Gateway.Api.Tests.Webhooks;

/// <summary>
/// Webhooks with several nodes: one takes requests and sends nothing, another runs the jobs and tells of them. They share one PostgreSQL.
/// </summary>
public sealed class SeparateSenderTests() : GatewayTest(new PostgresData())
{
    private WebhookReceiver Receiver { get; set; } = null!;

    private GatewayUnderTest Worker { get; set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        Receiver = await WebhookReceiver.StartAsync();
        await base.InitializeAsync();
        Gateway.Services.GetRequiredService<WebhookOptions>().MaxSends = 0; // no setting may say so: this node alone would never send
        Worker = new GatewayUnderTest(Data);
        foreach (var setting in new[] { "Gateway:Dispatch:LookEvery", "Gateway:Webhooks:LookEvery" }) Worker[setting] = "00:00:00.050";
        Worker["Gateway:Webhooks:AllowedNetworks:0"] = "127.0.0.0/8";
    }

    public override async ValueTask DisposeAsync()
    {
        await Worker.DisposeAsync();
        Assert.Empty(Worker.Journal.Errors);
        await base.DisposeAsync();
        await Receiver.DisposeAsync();
    }

    private protected override void Configure()
    {
        Gateway["Gateway:Role"] = "api";
        Gateway["Gateway:Webhooks:AllowedNetworks:0"] = "127.0.0.0/8";
    }

    private async Task<string> SubmitAsync(Client team, DateTimeOffset? runAt = null) =>
        (await team.PostAsync("/v1/jobs", new { kind = "video", request = new { model = "MiniMax-Hailuo-02", prompt = "a calm sea" }, replyUrl = Receiver.Url, replyRef = "order 7", runAt })).Expect(202).Text("id");

    [Fact]
    public async Task P4_a_job_submitted_at_one_node_is_run_and_told_of_by_another()
    {
        await AddAccountAsync("key-a");
        var team = await AddTeamAsync("a");
        var secret = (await team.GetAsync("/v1/webhooks/secret")).Expect(200).Text("secret");
        // What is to wait is left to the node that dispatches.
        var id = await SubmitAsync(team, TimeProvider.System.GetUtcNow().AddSeconds(1));
        await Worker.StartAsync();
        Assert.Equal("running", (await WaitForAsync(id, "running")).Text("status"));
        Sim.FinishAllTasks();

        var hook = await Receiver.NextAsync(Patience);
        Assert.Equal(("job.succeeded", id, "order 7"), (hook.Type, hook.Job["id"]!.ToString(), hook.Json["replyRef"]!.ToString()));
        Assert.True(hook.IsSignedWith(secret));
        await DeliveredAsync(team, id);
        Assert.False(Receiver.HasMore);
    }

    [Fact]
    public async Task P4_what_ended_while_no_sender_ran_is_told_by_the_first_that_starts_also_with_a_secret_rotated_meanwhile()
    {
        await AddAccountAsync("key-a");
        var team = await AddTeamAsync("a");
        var old = (await team.GetAsync("/v1/webhooks/secret")).Expect(200).Text("secret");
        var id = await SubmitAsync(team);
        (await team.PostAsync($"/v1/jobs/{id}/cancel")).Expect(200);
        var fresh = (await team.PostAsync("/v1/webhooks/secret/rotate")).Expect(200).Text("secret");
        Assert.False(Receiver.HasMore);

        await Worker.StartAsync();
        var hook = await Receiver.NextAsync(Patience);
        Assert.Equal(("job.cancelled", id), (hook.Type, hook.Job["id"]!.ToString()));
        Assert.True(hook.IsSignedWith(old));
        Assert.True(hook.IsSignedWith(fresh));
        await DeliveredAsync(team, id);
    }

    private Task DeliveredAsync(Client team, string id) => EventuallyAsync(async () =>
        (await team.GetAsync($"/v1/webhooks/deliveries?job={id}")).Expect(200).Json["deliveries"]!
            .AsArray()
            .FirstOrDefault()?["outcome"]?
            .ToString() == "delivered");
}
