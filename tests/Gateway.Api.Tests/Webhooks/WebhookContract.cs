using System.Text.Json.Nodes;
using Gateway.Api.Tests.Support;
using Gateway.Engine.Storage;
using Gateway.Model.Ids;
using Gateway.Simulator;

namespace Gateway.Api.Tests.Webhooks;

/// <summary>The webhooks of a job: signed, in order, at least once, and their log.</summary>
public abstract class WebhookContract : OutboxTest
{
    private protected WebhookContract(TestData data)
        : base(data)
    {
    }

    private WebhookReceiver Receiver { get; set; } = null!;

    private protected override async Task<IAsyncDisposable> StartReceiverAsync() => Receiver = await WebhookReceiver.StartAsync();

    private static JsonObject Submit(object? url, string? reference = null, params string[] events)
    {
        var body = new JsonObject
        {
            ["kind"] = "video",
            ["request"] = new JsonObject { ["model"] = "MiniMax-Hailuo-02", ["prompt"] = "a calm sea" },
            ["replyUrl"] = JsonValue.Create(url),
        };
        if (reference is not null) body["replyRef"] = reference;
        if (events.Length > 0) body["replyEvents"] = new JsonArray([.. events.Select(name => JsonValue.Create(name))]);
        return body;
    }

    private async Task<string> SecretAsync(Client? by = null) =>
        (await (by ?? Admin).GetAsync("/v1/webhooks/secret")).Expect(200).Text("secret");

    private Task<Webhook> NextAsync() => Receiver.NextAsync(Patience).AsTask();

    private async Task<JsonNode> DeliveryAsync(string job, string outcome, Client? by = null)
    {
        JsonNode? delivery = null;
        await EventuallyAsync(async () =>
        {
            delivery = (await (by ?? Admin).GetAsync($"/v1/webhooks/deliveries?job={job}")).Expect(200).Json["deliveries"]!
                .AsArray()
                .FirstOrDefault();
            return delivery?["outcome"]?.ToString() == outcome;
        });
        return delivery!;
    }

    [Fact]
    public async Task P4_the_end_of_a_job_arrives_once_signed_with_the_job_and_the_callers_ref()
    {
        var team = await AddTeamAsync("a");
        var submitted = (await team.PostAsync("/v1/jobs", Submit(Receiver.Url, "order 7 – ☀"))).Expect(202);
        Assert.Equal((Receiver.Url, "order 7 – ☀"), (submitted.Text("replyUrl"), submitted.Text("replyRef")));
        var id = submitted.Text("id");
        await WaitForAsync(id, "running");
        Sim.FinishAllTasks();

        var hook = await NextAsync();
        Assert.Equal("job.succeeded", hook.Type);
        Assert.Equal("order 7 – ☀", hook.Json["replyRef"]!.ToString());
        Assert.True(DateTimeOffset.TryParse(hook.Json["timestamp"]!.ToString(), out _));
        Assert.InRange(TimeProvider.System.GetUtcNow() - hook.At, TimeSpan.FromSeconds(-2), TimeSpan.FromSeconds(60));
        Assert.Equal(
            (id, "succeeded", "Success"),
            (hook.Job["id"]!.ToString(), hook.Job["status"]!.ToString(), hook.Job["result"]!["status"]!.ToString()));
        Assert.Equal((await team.GetAsync($"/v1/jobs/{id}")).Json.ToJsonString(), hook.Job.ToJsonString());
        Assert.False(hook.Job.ContainsKey("account")); // not even where an admin would see it
        Assert.InRange(hook.Body.Length, 1, 19_999);

        Assert.Equal(1, hook.Signatures);
        Assert.True(hook.IsSignedWith(await SecretAsync(team)));
        Assert.False(hook.IsSignedWith(await SecretAsync()));
        Assert.False((hook with { Body = [.. hook.Body, (byte)' '] }).IsSignedWith(await SecretAsync(team)));

        await OutboxEmptyAsync();
        Assert.False(Receiver.HasMore);
        var delivery = await DeliveryAsync(id, "delivered", team);
        Assert.Equal(
            (hook.Id, "job.succeeded", 1, 200),
            (delivery["id"]!.ToString(), delivery["type"]!.ToString(), delivery["tries"]!.GetValue<int>(), delivery["status"]!.GetValue<int>()));
    }

    [Fact]
    public async Task P4_D8_the_callers_choice_of_events_is_told_in_order_and_the_end_whatever_was_chosen()
    {
        var id = (await Admin.PostAsync("/v1/jobs", Submit(Receiver.Url, null, "job.running", "job.queued"))).Expect(202).Text("id");
        await WaitForAsync(id, "running");
        Sim.FinishAllTasks(new TaskFailure(1027, "output is sensitive"));
        List<Webhook> hooks = [await NextAsync(), await NextAsync(), await NextAsync()];
        Assert.Equal(["job.queued", "job.running", "job.failed"], hooks.Select(hook => hook.Type));
        Assert.Equal(3, hooks.Select(hook => hook.Id).Distinct().Count());
        Assert.Equal("moderated", hooks[2].Job["error"]!["code"]!.ToString());
        await OutboxEmptyAsync();
        Assert.False(Receiver.HasMore);
    }

    [Fact]
    public async Task P4_what_is_not_taken_comes_again_under_the_same_id_and_the_log_says_why()
    {
        Receiver.Answers = 500;
        var id = (await Admin.PostAsync("/v1/jobs", Submit(Receiver.Url))).Expect(202).Text("id");
        (await Admin.PostAsync($"/v1/jobs/{id}/cancel")).Expect(200);
        var first = await NextAsync();
        var second = await NextAsync();
        Assert.Equal(first.Id, second.Id);
        var waiting = await DeliveryAsync(id, "waiting");
        Assert.Contains("500", waiting["why"]!.ToString(), StringComparison.Ordinal);
        Assert.NotNull(waiting["nextAt"]);

        Receiver.Answers = 204;
        await DeliveryAsync(id, "delivered");
        await OutboxEmptyAsync();
        // an address may hold a secret
        Assert.DoesNotContain(Gateway.Journal.Lines, line => line.Contains("of-the-team", StringComparison.Ordinal));
    }

    [Fact]
    public async Task P4_webhooks_that_wait_outlive_a_restart()
    {
        Receiver.Answers = 503;
        var id = (await Admin.PostAsync("/v1/jobs", Submit(Receiver.Url))).Expect(202).Text("id");
        (await Admin.PostAsync($"/v1/jobs/{id}/cancel")).Expect(200);
        var secret = await SecretAsync();
        var before = await NextAsync();
        await Gateway.StopAsync();
        while (Receiver.HasMore) await NextAsync();
        Receiver.Answers = 200;
        await Gateway.StartAsync();
        var after = await NextAsync();
        Assert.Equal((before.Id, "job.cancelled"), (after.Id, after.Type));
        Assert.True(after.IsSignedWith(secret));
        Assert.Equal(secret, await SecretAsync());
    }

    [Fact]
    public async Task P4_after_a_rotation_the_old_secret_signs_too_and_secrets_are_sealed()
    {
        var old = await SecretAsync();
        Assert.StartsWith("whsec_", old, StringComparison.Ordinal);
        Assert.InRange(Convert.FromBase64String(old[6..]).Length, 24, 64);
        var fresh = (await Admin.PostAsync("/v1/webhooks/secret/rotate")).Expect(200).Text("secret");
        Assert.NotEqual(old, fresh);
        Assert.Equal(fresh, await SecretAsync());
        Assert.Equal(
            ["admin webhook_secret.rotate default"],
            await Data.ListAsync("SELECT actor || ' ' || action || ' ' || target FROM audit WHERE action LIKE 'webhook%'"));

        (await Admin.PostAsync("/v1/webhooks/test", new { url = Receiver.Url })).Expect(200);
        var hook = await NextAsync();
        Assert.Equal(2, hook.Signatures);
        Assert.True(hook.IsSignedWith(old));
        Assert.True(hook.IsSignedWith(fresh));

        var stored = (await Gateway.Services.GetRequiredService<IWebhookStore>().SecretsAsync(TeamId.Default, Patience))!;
        Assert.All([stored.Current, stored.Previous!], text => Assert.DoesNotContain("whsec", text, StringComparison.Ordinal));
        Assert.DoesNotContain(
            Gateway.Journal.Lines,
            line => line.Contains(fresh[6..], StringComparison.Ordinal) || line.Contains(old[6..], StringComparison.Ordinal));
    }

    [Fact]
    public async Task P4_a_test_call_says_what_the_receiver_made_of_it()
    {
        var ok = (await Admin.PostAsync("/v1/webhooks/test", new { url = Receiver.Url })).Expect(200);
        Assert.True(ok["delivered"]!.GetValue<bool>());
        var hook = await NextAsync();
        Assert.Equal("webhook.test", hook.Type);
        Assert.True(hook.IsSignedWith(await SecretAsync()));

        Receiver.Answers = 302;
        var redirected = (await Admin.PostAsync("/v1/webhooks/test", new { url = Receiver.Url })).Expect(200);
        Assert.Equal((false, 302), (redirected["delivered"]!.GetValue<bool>(), redirected["status"]!.GetValue<int>()));
        var nowhere = (await Admin.PostAsync("/v1/webhooks/test", new { url = "http://127.0.0.1:1/" })).Expect(200);
        Assert.False(nowhere["delivered"]!.GetValue<bool>());
        Assert.DoesNotContain("127.0.0.1", nowhere.Text("why"), StringComparison.Ordinal);
        (await Admin.PostAsync("/v1/webhooks/test", new { })).ExpectProblem(400, "invalid_request", "url", "http");
        (await Admin.PostAsync("/v1/webhooks/test", new { url = Receiver.Url, job = "1" })).ExpectProblem(400, "invalid_request", "job", "no field");
    }

    [Fact]
    public async Task P4_a_receiver_that_is_gone_is_called_no_more_until_a_test_call_is_taken()
    {
        Receiver.Answers = 410;
        var id = (await Admin.PostAsync("/v1/jobs", Submit(Receiver.Url))).Expect(202).Text("id");
        var other = (await Admin.PostAsync("/v1/jobs", Submit(Receiver.Url))).Expect(202).Text("id");
        (await Admin.PostAsync($"/v1/jobs/{id}/cancel")).Expect(200);
        await NextAsync();
        await DeliveryAsync(id, "disabled");
        (await Admin.PostAsync($"/v1/jobs/{other}/cancel")).Expect(200);
        var skipped = await DeliveryAsync(other, "disabled");
        Assert.Null(skipped["status"]);
        Assert.Contains("test call", skipped["why"]!.ToString(), StringComparison.Ordinal);
        (await Admin.PostAsync("/v1/jobs", Submit(Receiver.Url))).ExpectProblem(400, "invalid_request", "replyUrl", "410");
        await OutboxEmptyAsync();
        Assert.False(Receiver.HasMore);

        (await Admin.PostAsync("/v1/webhooks/test", new { url = Receiver.Url })).Expect(200);
        (await Admin.PostAsync("/v1/jobs", Submit(Receiver.Url))).Expect(400);
        Receiver.Answers = 200;
        (await Admin.PostAsync("/v1/webhooks/test", new { url = Receiver.Url })).Expect(200);
        (await Admin.PostAsync("/v1/jobs", Submit(Receiver.Url))).Expect(202);
    }

    [Fact]
    public async Task P4_a_redelivery_tells_it_again_under_the_same_id_and_only_to_its_team()
    {
        var team = await AddTeamAsync("a");
        var stranger = await AddTeamAsync("b");
        var id = (await team.PostAsync("/v1/jobs", Submit(Receiver.Url))).Expect(202).Text("id");
        (await team.PostAsync($"/v1/jobs/{id}/cancel")).Expect(200);
        var first = await NextAsync();
        await DeliveryAsync(id, "delivered", team);
        await OutboxEmptyAsync();

        (await stranger.PostAsync($"/v1/webhooks/deliveries/{first.Id}/redeliver")).ExpectProblem(404, "delivery_not_found");
        Assert.Empty((await stranger.GetAsync("/v1/webhooks/deliveries")).Json["deliveries"]!.AsArray());
        Assert.Empty((await stranger.GetAsync($"/v1/webhooks/deliveries?job={id}")).Json["deliveries"]!.AsArray());
        foreach (var wrong in new[] { "msg_1_1", "nonsense", "msg_1_0", "msg_1_1_1" })
            (await team.PostAsync($"/v1/webhooks/deliveries/{wrong}/redeliver")).ExpectProblem(404, "delivery_not_found");
        (await team.GetAsync("/v1/webhooks/deliveries?job=x")).ExpectProblem(400, "invalid_request", "job");
        (await team.GetAsync("/v1/webhooks/deliveries?limit=0")).ExpectProblem(400, "invalid_request", "limit");

        (await team.PostAsync($"/v1/webhooks/deliveries/{first.Id}/redeliver")).Expect(202);
        var again = await NextAsync();
        Assert.Equal(first.Id, again.Id);
        Assert.Equal(first.Body, again.Body);
        await OutboxEmptyAsync();
    }

    [Fact]
    public async Task P4_a_receiver_inside_is_never_called()
    {
        foreach (var url in new[] { "http://169.254.169.254/latest/meta-data", "http://[::1]:9/", "http://10.0.0.1/", "http://[::ffff:10.1.2.3]/", "http://0x7f000002.invalid@10.0.0.1/" })
            (await Admin.PostAsync("/v1/jobs", Submit(url))).ExpectProblem(400, "invalid_request", "replyUrl");
        foreach (var url in new object?[] { "ftp://a.example/", "nowhere", 7, "", "http://user:secret@a.example/", "https://a.example/" + new string('x', 2050) })
            (await Admin.PostAsync("/v1/jobs", Submit(url))).ExpectProblem(400, "invalid_request", "replyUrl");
        (await Admin.PostAsync("/v1/webhooks/test", new { url = "http://192.168.0.1/" })).ExpectProblem(400, "invalid_request", "url", "public");

        // A name that leads inside is judged when it is called.
        Gateway["Gateway:Webhooks:AllowedNetworks:0"] = "192.0.2.0/24";
        await Gateway.RestartAsync();
        var id = (await Admin.PostAsync("/v1/jobs", Submit($"http://localhost:{new Uri(Receiver.Url).Port}/hook"))).Expect(202).Text("id");
        (await Admin.PostAsync($"/v1/jobs/{id}/cancel")).Expect(200);
        Assert.Contains("public address", (await DeliveryAsync(id, "waiting"))["why"]!.ToString(), StringComparison.Ordinal);
        Assert.False(Receiver.HasMore);
    }

    [Fact]
    public async Task Wrong_reply_fields_are_named()
    {
        (await Admin.PostAsync("/v1/jobs", Submit(null, null, "job.failed"))).ExpectProblem(400, "invalid_request", "replyEvents", "replyUrl");
        (await Admin.PostAsync("/v1/jobs", Submit(Receiver.Url, new string('x', 513)))).ExpectProblem(400, "invalid_request", "replyRef", "512");
        (await Admin.PostAsync("/v1/jobs", Submit(Receiver.Url, null, "job.done"))).ExpectProblem(400, "invalid_request", "replyEvents", "job.succeeded");
        var empty = Submit(Receiver.Url);
        empty["replyEvents"] = new JsonArray();
        (await Admin.PostAsync("/v1/jobs", empty)).ExpectProblem(400, "invalid_request", "replyEvents");
        Assert.Equal(0, Sim.Ledger.Count(Operation.VideoSubmit));
    }

    [Fact]
    public async Task D8_a_callers_own_word_is_kept_and_shown_without_a_receiver()
    {
        await AddAccountAsync("key-a");
        var id = (await Admin.PostAsync("/v1/jobs", Submit(null, "order 7"))).Expect(202).Text("id");
        await WaitForAsync(id, "running");
        Sim.FinishAllTasks();
        var job = await WaitForAsync(id, "succeeded");
        Assert.Equal(("order 7", null), (job.Text("replyRef"), job["replyUrl"]));
        Assert.Equal("order 7", (await Admin.GetAsync("/v1/jobs"))["jobs"]![0]!["replyRef"]!.ToString());
        await OutboxEmptyAsync();
    }

    [Fact]
    public async Task P5_a_replay_finds_its_job_though_the_receiver_is_gone_by_now()
    {
        var team = await AddTeamAsync("blue");
        var id = (await Gateway.Services.GetRequiredService<IQueryStore>().TeamsAsync(Patience)).Single(known => known.Name == "blue").Id;
        var first = (await team.PostAsync("/v1/jobs", Submit(Receiver.Url), ("Idempotency-Key", "k"))).Expect(202);
        await Gateway.Services.GetRequiredService<IWebhookStore>().DisableAsync(id, Receiver.Url, DateTimeOffset.UnixEpoch, Patience);
        var replay = (await team.PostAsync("/v1/jobs", Submit(Receiver.Url), ("Idempotency-Key", "k"))).Expect(202);
        Assert.Equal(first.Body, replay.Body);
    }
}

public sealed class SqliteWebhooks() : WebhookContract(new SqliteData());

public sealed class PostgresWebhooks() : WebhookContract(new PostgresData());
