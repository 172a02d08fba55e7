using Microsoft.AspNetCore.Connections;

namespace Gateway.Silo.Connections;

/// <summary>A connection on which no valid token was shown yet. It is a feature of the connection, so that a request can tell.</summary>
internal sealed class Stranger(ConnectionGate gate, ConnectionContext connection)
{
    /// <summary>Its place among the strangers, oldest first; the gate's alone. In no list once it is no stranger.</summary>
    public LinkedListNode<Stranger> Place => field ??= new(this);

    /// <summary>A valid token was shown: it is no stranger's any more.</summary>
    public void Introduce()
    {
        if (Place.List is not null) gate.Introduce(this);
    }

    public void Close() =>
        connection.Abort(
            new ConnectionAbortedException(
                "Others came, and no valid token was shown on this connection (Gateway:Connections:MaxStrangers)."));
}
