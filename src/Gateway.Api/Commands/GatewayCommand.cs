using Gateway.Engine.Storage;

namespace Gateway.Api.Commands;

/// <summary>Something the executable does to the data instead of serving it. It ends with an exit code, and prints no secret.</summary>
internal abstract class GatewayCommand
{
    /// <summary>The first word of the command line.</summary>
    public abstract string Name { get; }

    /// <summary>What stands behind the name: words without dashes, in order.</summary>
    public virtual IReadOnlyList<string> Words => [];

    /// <summary>Options of its own, by name without dashes; settings may always be given too.</summary>
    public virtual IReadOnlyList<string> Options => [];

    /// <summary>One line for the list of commands.</summary>
    public abstract string Summary { get; }

    /// <summary>All there is to know before it is run.</summary>
    public abstract string Help { get; }

    /// <summary>Does it.</summary>
    /// <exception cref="GatewaySetupException">It cannot be done as things are set up.</exception>
    public abstract Task RunAsync(CommandInput input, CancellationToken cancellationToken);
}
