using System.Text.Json.Nodes;

namespace Gateway.Simulator;

/// <summary>The read-only lists: models, what is left of the plan, and of the money.</summary>
internal sealed class CatalogApi(TimeProvider clock)
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(5);
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    // What the platform listed in 2026-09: chat models only.
    private static readonly string[] ChatModels =
    [
        "MiniMax-M3", "MiniMax-M2.7", "MiniMax-M2.7-highspeed", "MiniMax-M2.5", "MiniMax-M2.5-highspeed",
        "MiniMax-M2.1", "MiniMax-M2.1-highspeed", "MiniMax-M2",
    ];

    public Reply Models(Exchange exchange)
    {
        JsonArray data = [];
        foreach (string model in ChatModels)
        {
            data.Add(new JsonObject { ["id"] = model, ["object"] = "model", ["created"] = 1780272000, ["owned_by"] = "minimax" });
        }

        return new Reply.Document(new JsonObject { ["object"] = "list", ["data"] = data });
    }

    public Reply AnthropicModels(Exchange exchange)
    {
        JsonArray data = [.. ChatModels.Select(static model => new JsonObject
        {
            ["id"] = model,
            ["created_at"] = "2026-06-01T00:00:00Z",
            ["display_name"] = model,
            ["type"] = "model",
        })];
        return new Reply.Document(new JsonObject
        {
            ["data"] = data,
            ["first_id"] = ChatModels[0],
            ["has_more"] = false,
            ["last_id"] = ChatModels[^1],
        });
    }

    public Reply Remains(Exchange exchange)
    {
        KeySettings settings = exchange.Account!.Settings;
        JsonArray rows = [Row("general", settings.GeneralRemainingPercent), Row("video", settings.VideoRemainingPercent)];
        return new Reply.Document(new JsonObject { ["base_resp"] = Json.BaseResp(0, "success"), ["model_remains"] = rows });
    }

    /// <summary>What is left of the money of a pay-as-you-go key.</summary>
    public Reply Balance(Exchange exchange)
    {
        KeySettings settings = exchange.Account!.Settings;
        decimal available = settings.BalanceExhausted ? 0 : settings.AvailableAmount;
        return new Reply.Document(new JsonObject
        {
            ["available_amount"] = $"{available:0.00}",
            ["cash_balance"] = $"{available:0.00}",
            ["voucher_balance"] = "0.00",
            ["credit_balance"] = "0.00",
            ["owed_amount"] = "0.00",
            ["balance_alert_switch"] = false,
            ["balance_alert_threshold"] = "5.00",
            ["base_resp"] = Json.BaseResp(0, "success"),
        });
    }

    private JsonObject Row(string name, int percent)
    {
        long now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        (long start, long end) = Window(now, Interval);
        (long weekStart, long weekEnd) = Window(now, Week);
        return new JsonObject
        {
            ["model_name"] = name,
            ["start_time"] = start,
            ["end_time"] = end,
            ["remains_time"] = end - now,
            ["current_interval_total_count"] = 0,
            ["current_interval_usage_count"] = 0,
            ["current_interval_remaining_percent"] = percent,
            ["current_interval_status"] = 1,
            ["interval_boost_permille"] = 1000,
            ["weekly_start_time"] = weekStart,
            ["weekly_end_time"] = weekEnd,
            ["weekly_remains_time"] = weekEnd - now,
            ["current_weekly_total_count"] = 0,
            ["current_weekly_usage_count"] = 0,
            ["current_weekly_remaining_percent"] = percent,
            ["current_weekly_status"] = 1,
            ["weekly_boost_permille"] = 1000,
        };
    }

    private static (long Start, long End) Window(long now, TimeSpan length)
    {
        long span = (long)length.TotalMilliseconds;
        long start = now - now % span;
        return (start, start + span);
    }
}
