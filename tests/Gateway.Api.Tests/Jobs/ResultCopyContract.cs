using System.Globalization;
using Gateway.Api.Tests.Support;
using Gateway.Engine.Jobs;
using Gateway.Engine.Storage;
using Gateway.Model.Ids;
using Gateway.Silo.Chores;
using Gateway.Simulator;

namespace Gateway.Api.Tests.Jobs;

/// <summary>Our own copies of what jobs made: they outlive the upstream's links and whatever happens to a node.</summary>
public abstract class ResultCopyContract : GatewayTest
{
    private readonly string _directory = Directory.CreateTempSubdirectory("gateway-results-").FullName;
    private readonly ShiftedClock _clock;

    private protected ResultCopyContract(TestData data, ShiftedClock clock)
        : base(data, clock) => _clock = clock;

    private protected override void Configure()
    {
        Gateway["Gateway:Results:Directory"] = _directory;
        Gateway["Gateway:Results:FirstRetry"] = "00:00:00.050";
        Gateway["Gateway:Results:LongestRetry"] = "00:00:00.100";
        Gateway["Gateway:Results:LookEvery"] = "";
        Gateway["Gateway:Retention:Pause"] = "00:00:00.001";
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private IResultStore Copies => Gateway.Services.GetRequiredService<IResultStore>();

    private Task PruneAsync() => Gateway.Services.GetRequiredService<Pruner>().PruneAsync(Patience);

    private async Task<string> VideoAsync(Client? by = null)
    {
        var id = await SubmitVideoAsync(by: by);
        await WaitForAsync(id, "running");
        Sim.FinishAllTasks();
        await WaitForAsync(id, "succeeded");
        return id;
    }

    private async Task<string> PictureAsync(int n = 1)
    {
        var id = (
            await Admin.PostAsync(
                "/v1/jobs", new { kind = "image", request = new { model = "image-01", prompt = "a cat", n } })).Expect(202).Text("id");
        await WaitForAsync(id, "succeeded");
        return id;
    }

    private static JobId IdOf(string id) => JobId.TryParse(id, out var job) ? job : throw new FormatException(id);

    private string FolderOf(string id) =>
        Path.Combine(_directory, JobIdSource.MadeAt(IdOf(id)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), id);

    private Task CopiedAsync(string id, int count = 1) =>
        EventuallyAsync(async () => (await Copies.OfAsync(IdOf(id), Patience)).Count == count);

    private Task NothingDueAsync() => EventuallyAsync(async () => await Copies.NextDueAsync(Patience) is null);

    // A day has a beat every few seconds; the test's has one when it says so.
    private async Task PassAsync(TimeSpan time)
    {
        await Gateway.StopAsync();
        _clock.Advance(time);
        await Gateway.StartAsync();
    }

    [Fact]
    public async Task H11_copies_and_their_folders_are_their_owners_alone()
    {
        if (OperatingSystem.IsWindows()) return;
        var own = Path.Combine(_directory, "own");
        Gateway["Gateway:Results:Directory"] = own;
        await Gateway.RestartAsync();
        await AddAccountAsync("key-a");
        await CopiedAsync(await PictureAsync());

        const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var folders = Directory.GetDirectories(own, "*", SearchOption.AllDirectories).Append(own).ToList();
        Assert.Equal(4, folders.Count); // its own, incoming, a day, a job
        foreach (var folder in folders) Assert.Equal((folder, Owner | UnixFileMode.UserExecute), (folder, File.GetUnixFileMode(folder)));
        Assert.Equal(Owner, File.GetUnixFileMode(Assert.Single(Directory.GetFiles(own, "*", SearchOption.AllDirectories))));
    }

    [Fact]
    public async Task A_copy_serves_ranges_after_the_account_is_gone_and_only_to_its_team()
    {
        var account = await AddAccountAsync("key-a", 3);
        var (blue, red) = (await AddTeamAsync("blue"), await AddTeamAsync("red"));
        var id = await VideoAsync(blue);
        await CopiedAsync(id);
        await NothingDueAsync();
        (await Admin.DeleteAsync($"/v1/minimax/accounts/{account}")).Expect(200);
        var asked = Sim.Ledger.Count(Operation.FileDownload);

        var whole = (await blue.GetAsync($"/v1/jobs/{id}/content")).Expect(200);
        Assert.Equal(("video/mp4", "nosniff"), (whole.Header("Content-Type"), whole.Header("X-Content-Type-Options")));
        Assert.Contains("ftypisom", whole.Body, StringComparison.Ordinal);
        var part = (
            await blue.GetAsync($"/v1/jobs/{id}/content/0", ("Range", "bytes=4-11"), ("If-Range", whole.Header("ETag")!))).Expect(206);
        Assert.Equal(("ftypisom", $"bytes 4-11/{whole.Bytes.Length}"), (part.Body, part.Header("Content-Range")));
        (await blue.GetAsync($"/v1/jobs/{id}/content", ("If-None-Match", whole.Header("ETag")!))).Expect(304);
        (await red.GetAsync($"/v1/jobs/{id}/content")).ExpectProblem(404, "job_not_found");
        Assert.Equal(asked, Sim.Ledger.Count(Operation.FileDownload));
    }

    [Fact]
    public async Task Every_asset_is_copied_with_its_type_links_and_what_lies_in_the_result_alike()
    {
        await AddAccountAsync("key-a", 3);
        var pictures = await PictureAsync(n: 3);
        await CopiedAsync(pictures, 3);
        var speech = (
            await Admin.PostAsync(
                "/v1/jobs",
                new
                {
                    kind = "speech",
                    request = new
                    {
                        model = "speech-2.6-hd",
                        text = "hello",
                        voice_setting = new { voice_id = "English_expressive_narrator" },
                    },
                })).Expect(202).Text("id");
        await CopiedAsync(speech);
        var chat = (
            await Admin.PostAsync(
                "/v1/jobs",
                new
                {
                    kind = "chat",
                    request = new { model = "MiniMax-M2", messages = new[] { new { role = "user", content = "hi" } } },
                })).Expect(202).Text("id");
        await WaitForAsync(chat, "succeeded");
        await NothingDueAsync();

        Assert.All(await Copies.OfAsync(IdOf(pictures), Patience), copy => Assert.Equal("image/jpeg", copy.ContentType));
        Assert.Equal("audio/mpeg", Assert.Single(await Copies.OfAsync(IdOf(speech), Patience)).ContentType);
        Assert.Empty(await Copies.OfAsync(IdOf(chat), Patience));
        Assert.Contains("image 3 of", (await Admin.GetAsync($"/v1/jobs/{pictures}/content/2")).Expect(200).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_stops_between_the_end_and_the_copy_copies_after_its_restart()
    {
        await AddAccountAsync("key-a", 3);
        string id;
        using (Sim.Hold(Operation.FileDownload))
        {
            id = await VideoAsync();
            await Sim.WaitForAsync(Operation.FileDownload, 1, Patience);
            await Gateway.StopAsync();
        }

        Assert.Empty(Directory.EnumerateFiles(Path.Combine(_directory, "incoming")));
        await Gateway.StartAsync();
        await CopiedAsync(id);
    }

    [Fact]
    public async Task What_ends_on_a_node_that_copies_nothing_is_copied_by_one_that_does()
    {
        Gateway["Gateway:Role"] = "api";
        await Gateway.RestartAsync();
        await AddAccountAsync("key-a", 3);
        // what queues is left to workers
        var id = (await Admin.PostAsync("/v1/jobs", VideoJob(), ("Gateway-Queue", "off"))).Expect(202).Text("id");
        await WaitForAsync(id, "running");
        Sim.FinishAllTasks();
        await WaitForAsync(id, "succeeded");
        Assert.NotNull(await Copies.NextDueAsync(Patience));
        Gateway["Gateway:Role"] = "all";
        await Gateway.RestartAsync();
        await CopiedAsync(id);
    }

    [Fact]
    public async Task A_directory_that_takes_nothing_is_told_once_and_harms_no_job()
    {
        await AddAccountAsync("key-a", 3);
        // A file where a folder should be: the day of the jobs cannot be made.
        var day = Path.GetDirectoryName(FolderOf(await SubmitVideoAsync()))!;
        await File.WriteAllTextAsync(day, "in the way", Patience);
        await EventuallyAsync(async () => (await Admin.GetAsync("/v1/jobs?status=running")).Json["jobs"]!.AsArray().Count == 1);
        Sim.FinishAllTasks();
        var (one, other) = (await VideoAsync(), await VideoAsync());
        await EventuallyAsync(() => Task.FromResult(Sim.Ledger.Count(Operation.FileDownload) > 8));
        (await Admin.GetAsync($"/v1/jobs/{one}/content")).Expect(200);
        Assert.Single(Gateway.Journal.Lines, line => line.Contains("takes no copies", StringComparison.Ordinal));

        File.Delete(day);
        await CopiedAsync(one);
        await CopiedAsync(other);
        await NothingDueAsync();
    }

    [Fact]
    public async Task Copies_have_a_largest_size_and_all_of_them_a_limit_that_pruning_makes_room_under()
    {
        Gateway["Gateway:Results:MaxFileBytes"] = "3000"; // a picture has 2048 bytes, a video 4096
        Gateway["Gateway:Results:MaxBytes"] = "4000";
        await Gateway.RestartAsync();
        await AddAccountAsync("key-a", 3);
        var video = await VideoAsync();
        await NothingDueAsync();
        Assert.Empty(await Copies.OfAsync(IdOf(video), Patience));
        (await Admin.GetAsync($"/v1/jobs/{video}/content")).Expect(200);

        var first = await PictureAsync();
        await CopiedAsync(first);
        var second = await PictureAsync();
        await EventuallyAsync(
            () => Task.FromResult(Gateway.Journal.Lines.Any(line => line.Contains("Gateway:Results:MaxBytes", StringComparison.Ordinal))));
        (await Admin.GetAsync($"/v1/jobs/{second}/content")).Expect(200);

        Gateway["Gateway:Results:GiveUpAfter"] = "30.00:00:00";
        await PassAsync(TimeSpan.FromDays(8));
        await PruneAsync();
        Assert.False(Directory.Exists(FolderOf(first)));
        await CopiedAsync(second);
    }

    [Fact]
    public async Task Copies_go_when_they_were_kept_long_enough_and_what_nobody_knows_of_is_swept()
    {
        await AddAccountAsync("key-a", 3);
        var (old, emptied) = (await VideoAsync(), await VideoAsync());
        await CopiedAsync(old);
        await CopiedAsync(emptied);
        await NothingDueAsync();
        await Copies.RemoveAsync(await Copies.OfAsync(IdOf(emptied), Patience), Patience);
        var leftover = Path.Combine(_directory, "incoming", "1.0.left");
        await File.WriteAllTextAsync(leftover, "half", Patience);
        await PruneAsync();
        Assert.True(Directory.Exists(FolderOf(old)));
        Assert.True(Directory.Exists(FolderOf(emptied))); // too young to be nobody's
        Assert.True(File.Exists(leftover));

        await PassAsync(TimeSpan.FromHours(2));
        await PruneAsync();
        Assert.True(Directory.Exists(FolderOf(old)));
        Assert.False(Directory.Exists(FolderOf(emptied)));
        Assert.False(File.Exists(leftover));

        await PassAsync(TimeSpan.FromDays(7));
        await PruneAsync();
        Assert.Empty(await Copies.OfAsync(IdOf(old), Patience));
        Assert.False(Directory.Exists(FolderOf(old)));
        (await Admin.GetAsync($"/v1/jobs/{old}/content")).Expect(200); // still upstream
    }

    [Fact]
    public async Task Copies_go_with_their_job()
    {
        Gateway["Gateway:Results:KeepFor"] = "365.00:00:00";
        await Gateway.RestartAsync();
        await AddAccountAsync("key-a", 3);
        var id = await VideoAsync();
        await CopiedAsync(id);
        await PassAsync(TimeSpan.FromDays(31));
        await PruneAsync();
        Assert.False(Directory.Exists(FolderOf(id)));
        Assert.Equal(0, await Copies.BytesAsync(Patience));
    }

    [Fact]
    public async Task A_copy_that_is_not_there_or_not_whole_is_taken_from_the_upstream()
    {
        await AddAccountAsync("key-a", 3);
        var id = await VideoAsync();
        await CopiedAsync(id);
        await File.WriteAllTextAsync(Path.Combine(FolderOf(id), "0"), "half", Patience);
        Assert.Contains("ftypisom", (await Admin.GetAsync($"/v1/jobs/{id}/content")).Expect(200).Body, StringComparison.Ordinal);
        Directory.Delete(FolderOf(id), recursive: true);
        Assert.Contains("ftypisom", (await Admin.GetAsync($"/v1/jobs/{id}/content")).Expect(200).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_that_cannot_be_used_refuses_to_start()
    {
        await Gateway.StopAsync();
        var file = Path.Combine(_directory, "a-file");
        await File.WriteAllTextAsync(file, "", Patience);
        Gateway["Gateway:Results:Directory"] = file;
        Assert.Contains(
            "Gateway:Results:Directory",
            (await Assert.ThrowsAsync<GatewaySetupException>(Gateway.StartAsync)).Message,
            StringComparison.Ordinal);
    }
}

public sealed class SqliteResultCopies() : ResultCopyContract(new SqliteData(), new ShiftedClock());

public sealed class PostgresResultCopies() : ResultCopyContract(new PostgresData(), new ShiftedClock());
