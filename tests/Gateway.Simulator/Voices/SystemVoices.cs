using System.Collections.Frozen;
using System.Text.Json.Nodes;

namespace Gateway.Simulator;

/// <summary>A few of the platform's own voices. Every key may use them.</summary>
internal static class SystemVoices
{
    private static readonly FrozenSet<string> Known = new[]
    {
        "male-qn-qingse", "male-qn-jingying", "male-qn-badao", "male-qn-daxuesheng", "female-shaonv", "female-yujie",
        "female-chengshu", "female-tianmei", "presenter_male", "presenter_female", "audiobook_male_1", "audiobook_female_1",
        "Wise_Woman", "Friendly_Person", "Inspirational_girl", "Deep_Voice_Man", "Calm_Woman", "Casual_Guy", "Lively_Girl",
        "Patient_Man", "Young_Knight", "Determined_Man", "Lovely_Girl", "Decent_Boy", "Imposing_Manner", "Elegant_Man",
        "Abbess", "Sweet_Girl_2", "Exuberant_Girl", "English_expressive_narrator", "English_radiant_girl",
        "English_Graceful_Lady", "English_Trustworthy_Man",
    }.ToFrozenSet(StringComparer.Ordinal);

    public static bool Contains(string id) => Known.Contains(id);

    public static JsonArray Describe() => [.. Known.Order(StringComparer.Ordinal).Select(static id => new JsonObject
    {
        ["voice_id"] = id,
        ["voice_name"] = id.Replace('_', ' '),
        ["description"] = new JsonArray(),
        ["created_time"] = "1970-01-01",
    })];
}
