namespace Microsoft.Azure.WebJobs.Script.Workers.Rpc;

/// <summary>
/// What the script host throws when a worker's function failed. The Durable extension reads its message, and writes its type and
/// properties into the history; both are as recorded from the real host.
/// </summary>
public sealed class RpcException(string message, string stack)
    : Exception($"Result: Failure\nException: {message}\nStack: {stack}")
{
    public bool IsUserException => false;

    public string RemoteStackTrace => stack;

    public string RemoteMessage => message;

    public string? RemoteTypeName => null;
}
