using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Silo.Hosting.Settings;
using Npgsql;

namespace Gateway.Api.Commands;

/// <summary>Tells a command from a start, and runs it: results on standard output, one line of failure on standard error.</summary>
internal static class CommandLine
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int Misused = 2;

    private static readonly GatewayCommand[] Commands = [new BackupCommand(), new MoveCommand(), new RotateKeyCommand()];

    /// <summary>The exit code of the command that the arguments name; null when they name none and the gateway is to start.</summary>
    public static async Task<int?> RunAsync(string[] args, TextWriter output, TextWriter errors)
    {
        if (Arguments.AskForHelp(args)) return Print(output, Overview());
        if (Arguments.AskForVersion(args)) return Print(output, $"Gateway.Api {Arguments.Version}");
        if (args is not [var name, .. var rest] || name.StartsWith('-')) return null;
        if (Commands.FirstOrDefault(command => command.Name == name) is not { } chosen)
            return Refuse(
                errors,
                $"'{name}' is no command; the commands are {string.Join(", ", Commands.Select(command => command.Name))}. See --help.");
        if (rest.Any(word => word is "--help" or "-h")) return Print(output, Usage(chosen));

        using var interrupt = new Interrupt();
        return await RunAsync(chosen, rest, output, errors, interrupt.Token);
    }

    private static async Task<int> RunAsync(
        GatewayCommand command, string[] rest, TextWriter output, TextWriter errors, CancellationToken cancellationToken)
    {
        var (words, options) = Split(rest);
        if (options.Select(NameOf).FirstOrDefault(option => !command.Options.Contains(option) && !option.Contains(':')) is { } unknown)
            return Refuse(errors, $"{command.Name}: '--{unknown}' is no option here. See {command.Name} --help.");
        if (words.Count != command.Words.Count)
            return Refuse(errors, $"{command.Name}: {Line(command)} is what is expected. See {command.Name} --help.");

        try
        {
            Arguments.Check([.. options.Where(option => !command.Options.Contains(NameOf(option)))]);
            await command.RunAsync(
                new CommandInput(words, WebApplication.CreateBuilder([.. options]).Configuration, output), cancellationToken);
            return Done;
        }
        catch (GatewaySetupException setup)
        {
            return Refuse(errors, $"{command.Name}: {setup.Message}");
        }
        catch (StoreUnavailableException lost)
        {
            errors.WriteLine($"{command.Name} failed: {lost.Message}{(lost.Detail is { } detail ? $" {detail}" : "")}");
            return Failed;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            errors.WriteLine($"{command.Name} was interrupted; nothing was changed.");
            return Failed;
        }
        catch (Exception failure) when (
            failure is IOException or UnauthorizedAccessException or NpgsqlException or Microsoft.Data.Sqlite.SqliteException)
        {
            errors.WriteLine($"{command.Name} failed: {failure.Message}");
            return Failed;
        }
    }

    // "--name=value" and "--name value" are options, as the gateway's own configuration reads them.
    private static (List<string> Words, List<string> Options) Split(string[] rest)
    {
        List<string> words = [], options = [];
        for (var i = 0; i < rest.Length; i++)
        {
            if (!rest[i].StartsWith("--", StringComparison.Ordinal)) words.Add(rest[i]);
            else if (rest[i].Contains('=') || i + 1 == rest.Length) options.Add(rest[i]);
            else options.Add($"{rest[i]}={rest[++i]}");
        }

        return (words, options);
    }

    private static string NameOf(string option) => option.TrimStart('-').Split('=', 2)[0];

    private static int Print(TextWriter output, string text)
    {
        output.WriteLine(text);
        return Done;
    }

    private static int Refuse(TextWriter errors, string line)
    {
        errors.WriteLine(line);
        return Misused;
    }

    private static string Line(GatewayCommand command) =>
        $"{string.Join(' ', command.Words.Select(word => $"<{word}>").Prepend(command.Name))}";

    private static string Usage(GatewayCommand command) => $"usage: Gateway.Api {Line(command)} [settings]\n\n{command.Help}";

    private static string Overview() => $"""
        usage: Gateway.Api [settings]              serves
               Gateway.Api --restored [settings]   takes up a restored backup, then serves; for one start only
               Gateway.Api <command> [settings]    does one thing and ends; <command> --help says more
               Gateway.Api --version               prints the version

        {string.Join('\n', Commands.Select(command => $"  {Line(command),-22} {command.Summary}"))}

        Settings are those of the gateway: --Gateway:DataDirectory=…, the environment (Gateway__DataDirectory), appsettings.json.
        Exit codes: 0 done, 1 failed and nothing changed, 2 not possible as it is set up.
        """;
}
