using System.Text.Json.Nodes;
using Gateway.Api.Auth;
using Gateway.Api.Surfaces.MiniMax.Answers;
using Gateway.Engine.Upstreams;
using Gateway.Grains.Routing;
using Gateway.Silo.Reads;

namespace Gateway.Api.Surfaces.MiniMax.Catalog;

/// <summary>
/// What is left (docs/minimax.md, "Plans"). A team sees its own budget, which has no limit of its own yet, never an account's plan. An
/// admin sees what each account's vendor says, and the daily credits it is held to here.
/// </summary>
internal static class RemainsApi
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(5);
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    /// <summary>The vendor's word for a pool without a cap.</summary>
    private const int Unlimited = 3;

    public static async Task<IResult> GetAsync(
        Caller caller, RouterGrain router, AccountReads reads, TimeProvider time, CancellationToken cancellationToken)
    {
        var answer = new JsonObject
        {
            ["base_resp"] = NativeAnswers.SuccessNode(),
            ["model_remains"] = new JsonArray(Row("general", time.GetUtcNow()), Row("video", time.GetUtcNow())),
        };
        if (caller.IsAdmin) answer["accounts"] = await AccountsAsync(router, reads, time.GetUtcNow(), cancellationToken);
        return Results.Json(answer);
    }

    private static async Task<JsonArray> AccountsAsync(
        RouterGrain router, AccountReads reads, DateTimeOffset now, CancellationToken cancellationToken)
    {
        JsonArray accounts = [];
        foreach (var account in router.All().Where(account => account.StandsForItself).Select(account => account.RollDay(now)))
        {
            var told = await reads.AskAsync(account.Id, new UpstreamRead.Remains(), cancellationToken);
            accounts.Add(new JsonObject
            {
                ["account"] = account.Id.Value,
                ["credits"] = new JsonObject
                {
                    ["budget"] = account.DailyCredits,
                    ["used"] = account.Credits.Used,
                    ["reserved"] = account.Reserved,
                },
                ["model_remains"] = told.Error is null ? NativeAnswers.Member(told, "model_remains")?.DeepClone() : null,
                ["error"] = told.Error?.Describe(),
            });
        }

        return accounts;
    }

    private static JsonObject Row(string name, DateTimeOffset at)
    {
        var now = at.ToUnixTimeMilliseconds();
        var end = Next(now, Interval);
        var weekEnd = Next(now, Week);
        return new JsonObject
        {
            ["model_name"] = name,
            ["start_time"] = end - (long)Interval.TotalMilliseconds,
            ["end_time"] = end,
            ["remains_time"] = end - now,
            ["current_interval_total_count"] = 0,
            ["current_interval_usage_count"] = 0,
            ["current_interval_remaining_percent"] = 100,
            ["current_interval_status"] = Unlimited,
            ["weekly_start_time"] = weekEnd - (long)Week.TotalMilliseconds,
            ["weekly_end_time"] = weekEnd,
            ["weekly_remains_time"] = weekEnd - now,
            ["current_weekly_total_count"] = 0,
            ["current_weekly_usage_count"] = 0,
            ["current_weekly_remaining_percent"] = 100,
            ["current_weekly_status"] = Unlimited,
        };
    }

    private static long Next(long now, TimeSpan length) => now - (now % (long)length.TotalMilliseconds) + (long)length.TotalMilliseconds;
}
