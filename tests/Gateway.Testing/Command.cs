using System.Diagnostics;

namespace Gateway.Testing;

/// <summary>Runs programs to their end.</summary>
internal static class Command
{
    public static async Task RunAsync(params string[] command)
    {
        var (code, output) = await TryAsync(command);
        if (code != 0) throw new InvalidOperationException($"{string.Join(' ', command)} ended with {code}: {output}");
    }

    /// <summary>Its exit code and all that it printed.</summary>
    public static async Task<(int Code, string Output)> TryAsync(params string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        })!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + errors);
    }
}
