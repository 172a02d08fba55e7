using Gateway.Grains.Tests.Support;
using Gateway.Model.Accounts;
using Gateway.Model.Kinds;

namespace Gateway.Grains.Tests.Accounts;

public sealed class PaceTableTests
{
    // docs/minimax.md, "Pace".
    [Theory]
    [InlineData("Chat", "MiniMax-M3", "Plain", "chat-m3", 200, 10_000_000)]
    [InlineData("Chat", "MiniMax-M2.7-highspeed", "Plain", "chat-m2", 500, 20_000_000)]
    [InlineData("Chat", "MiniMax-M2", "Plain", "chat-m2", 500, 20_000_000)]
    [InlineData("Chat", "MiniMax-Text-01", "Plain", "chat", 200, 10_000_000)]
    [InlineData("Chat", null, "Plain", "chat", 200, 10_000_000)]
    [InlineData("Speech", "speech-2.8-hd", "Plain", "speech", 60, 0)]
    [InlineData("Speech", "speech-2.8-hd", "SpeechTask", "speech-task", 60, 0)]
    [InlineData("Speech", null, "VoiceClone", "voice-clone", 60, 0)]
    [InlineData("Speech", null, "VoiceDesign", "voice-design", 20, 0)]
    [InlineData("Video", "MiniMax-Hailuo-02", "Plain", "video-v1", 20, 0)]
    [InlineData("Video", null, "VideoTemplate", "video-template", 20, 0)]
    [InlineData("Video", "MiniMax-H3", "VideoV2", "video-v2", 300, 0)]
    [InlineData("Video", "MiniMax-H3", "VideoContext", "video-v2", 300, 0)]
    [InlineData("Video", "MiniMax-H3", "VideoRegeneration", "video-v2", 300, 0)]
    [InlineData("Image", "image-01", "Plain", "image", 10, 0)]
    [InlineData("Music", "music-3.0", "Plain", "music", 120, 0)]
    [InlineData("Music", "music-2.6-free", "Plain", "music-free", 3, 0)]
    [InlineData("Music", null, "Lyrics", "lyrics", 0, 0)]
    [InlineData("Music", null, "CoverPreprocess", "lyrics", 0, 0)]
    public void Q7_The_shipped_paces_are_those_of_the_specification(
        string kind, string? model, string operation, string family, int rpm, long tpm)
    {
        var work = new Work(Enum.Parse<JobKind>(kind), model, Operation: Enum.Parse<WorkOperation>(operation));

        Assert.Equal(new PaceLimit(family, rpm, tpm), Shipped.Paces.Of("platform", work));
        Assert.Null(PaceTable.Off.Of("platform", work));
        Assert.Null(Shipped.Paces.Of("hailuo-web", work));
    }

    [Fact]
    public void Q7_A_setting_overrides_one_family()
    {
        var table = Shipped.PacesWith(new Dictionary<string, PaceLimit> { ["platform/image"] = new("image", 99, 5) });

        Assert.Equal(new PaceLimit("image", 99, 5), table.Of("platform", new Work(JobKind.Image, "image-01")));
        Assert.Equal(120, table.Of("platform", new Work(JobKind.Music, "music-3.0"))!.Rpm);
    }
}
