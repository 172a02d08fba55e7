using Gateway.Engine.Turns;

namespace Gateway.Silo.Chores;

/// <summary>
/// Ends a node that others have declared dead: it sends and commits nothing any more, and its process stops with an error.
/// </summary>
internal sealed class NodeDeath(NodeLife life, IHostApplicationLifetime host)
{
    public void Die()
    {
        life.Die();
        Environment.ExitCode = 1;
        host.StopApplication();
    }
}
