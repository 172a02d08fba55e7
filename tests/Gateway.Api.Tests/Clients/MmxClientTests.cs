using System.Diagnostics;
using System.Text;
using Gateway.Api.Tests.Support;
using Gateway.Simulator;

namespace Gateway.Api.Tests.Clients;

/// <summary>MiniMax's own command line (npm <c>mmx-cli</c>) reads a stream that the gateway keeps open with comments.</summary>
public sealed class MmxClientTests : GatewayTest
{
    private static readonly string Script = Path.Combine(Folder(), "node_modules", "mmx-cli", "dist", "mmx.mjs");

    /// <summary>Whether these tests run: where it is installed, and always in CI, where they fail without it.</summary>
    public static bool IsDemanded => File.Exists(Script) || Environment.GetEnvironmentVariable("CI") is { Length: > 0 };

    private protected override void Configure() => Gateway["Gateway:Heartbeat"] = "00:00:00.030";

    [MmxFact]
    public async Task V1_MiniMaxs_own_command_line_passes_over_the_comments_of_a_slow_stream()
    {
        await AddAccountAsync("key-a", 2);
        var team = await AddTeamAsync("studio");
        Sim.Script.Always(Operation.Speech, new FaultEffect.Latency(500));
        var body = new
        {
            model = "speech-2.8-hd",
            text = "Hello from afar.",
            stream = true,
            voice_setting = new { voice_id = "English_expressive_narrator" },
        };
        Assert.StartsWith(": keep-alive\n\n", (await team.PostAsync("/v1/t2a_v2", body)).Expect(200).Body, StringComparison.Ordinal);

        var sound = await RunAsync(team.Token!, "speech", "synthesize", "--text", "Hello from afar.", "--stream");

        Assert.Contains("Hello from afar.", Encoding.UTF8.GetString(sound), StringComparison.Ordinal);
        Assert.DoesNotContain("keep-alive", Encoding.UTF8.GetString(sound), StringComparison.Ordinal);
        Assert.Equal(2, Sim.Ledger.Count(Operation.Speech));
    }

    private async Task<byte[]> RunAsync(string token, params string[] arguments)
    {
        var home = Directory.CreateTempSubdirectory("mmx-");
        try
        {
            var start = new ProcessStartInfo(
                "node",
                [Script, .. arguments, "--api-key", token, "--base-url", Gateway.Address.GetLeftPart(UriPartial.Authority), "--region", "global", "--non-interactive", "--quiet"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            start.Environment["HOME"] = home.FullName; // it keeps a configuration there
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync(Patience);
            using var sound = new MemoryStream();
            await process.StandardOutput.BaseStream.CopyToAsync(sound, Patience);
            await process.WaitForExitAsync(Patience);
            Assert.True(process.ExitCode == 0, await errors);
            return sound.ToArray();
        }
        finally
        {
            home.Delete(recursive: true);
        }
    }

    private static string Folder([System.Runtime.CompilerServices.CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
