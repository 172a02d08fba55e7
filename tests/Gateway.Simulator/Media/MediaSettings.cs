namespace Gateway.Simulator;

/// <summary>How images, speech, music, lyrics and voices are answered.</summary>
public sealed record MediaSettings
{
    /// <summary>Wait before the answer to an image call. Default none.</summary>
    public TimeSpan ImageLatency { get; init; }

    /// <summary>Wait before the first byte of speech. Default none.</summary>
    public TimeSpan SpeechLatency { get; init; }

    /// <summary>Wait before the first byte of music. Default none; the platform takes about 45 s.</summary>
    public TimeSpan MusicLatency { get; init; }

    /// <summary>Wait before the answer to lyrics, cover preparation and voice calls. Default none.</summary>
    public TimeSpan OtherLatency { get; init; }

    /// <summary>Wait between two frames of streamed audio. Default none.</summary>
    public TimeSpan BetweenFrames { get; init; }

    /// <summary>Frames that carry audio, ahead of the final one. Default 4.</summary>
    public int AudioFrames { get; init; } = 4;

    /// <summary>Size of a piece of speech or music. Default 2048.</summary>
    public int AudioBytes { get; init; } = 2048;

    /// <summary>Size of an image. Default 2048.</summary>
    public int ImageBytes { get; init; } = 2048;

    /// <summary>Images that moderation drops from every call. Default none.</summary>
    public int DroppedImages { get; init; }

    /// <summary>Whether a number of images is taken from a name in any case and from whatever can be read as one. Default no.</summary>
    public bool ReadsLeniently { get; init; }
}
