using System.Reflection;
using System.Reflection.Emit;
using Microsoft.Azure.WebJobs;
using Microsoft.Azure.WebJobs.Extensions.DurableTask;
using Newtonsoft.Json;

namespace Spillway.DurableHost;

/// <summary>
/// A class with one static method a function, as the script host generates for workers of other languages: durable triggers are bound
/// to a string, which makes the extension speak its out-of-process protocol. Methods forward to the worker.
/// </summary>
public sealed class GeneratedFunctions(IEnumerable<WorkerFunction> functions) : ITypeLocator
{
    private readonly Type _type = Generate(functions);

    public static NodeWorker? Worker { get; set; }

    public IReadOnlyList<Type> GetTypes() => [_type, typeof(ClientProbe)];

    /// <summary>Called by the method of every durable function.</summary>
    public static Task<object?> Forward(string function, string? trigger, string? instanceId, string? client) =>
        Worker!.InvokeAsync(function, trigger, null, instanceId, client);

    /// <summary>Called by the method of every timer.</summary>
    public static Task<object?> ForwardTimer(string function, TimerInfo timer, string? instanceId, string? client) =>
        Worker!.InvokeAsync(function, null, JsonConvert.SerializeObject(timer), instanceId, client);

    private static Type Generate(IEnumerable<WorkerFunction> functions)
    {
        var assembly = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("WorkerFunctions"), AssemblyBuilderAccess.Run);
        var type = assembly.DefineDynamicModule("WorkerFunctions").DefineType("Functions", TypeAttributes.Public | TypeAttributes.Abstract | TypeAttributes.Sealed);
        foreach (var function in functions) AddMethod(type, function);
        return type.CreateType();
    }

    private static void AddMethod(TypeBuilder type, WorkerFunction function)
    {
        var isTimer = function.Trigger == "timerTrigger";
        List<(string Name, Type Type, CustomAttributeBuilder? Attribute)> parameters = [("trigger", isTimer ? typeof(TimerInfo) : typeof(string), TriggerAttribute(function))];
        if (function.Trigger == "activityTrigger") parameters.Add(("instanceId", typeof(string), null));
        if (function.HasClient) parameters.Add(("client", typeof(string), Attribute(typeof(DurableClientAttribute))));

        var method = type.DefineMethod(function.Name, MethodAttributes.Public | MethodAttributes.Static, isTimer ? typeof(Task) : typeof(Task<object>), [.. parameters.Select(each => each.Type)]);
        method.SetCustomAttribute(new CustomAttributeBuilder(typeof(FunctionNameAttribute).GetConstructor([typeof(string)])!, [function.Name]));
        foreach (var (index, parameter) in parameters.Index())
        {
            var builder = method.DefineParameter(index + 1, ParameterAttributes.None, parameter.Name);
            if (parameter.Attribute is not null) builder.SetCustomAttribute(parameter.Attribute);
        }

        var body = method.GetILGenerator();
        body.Emit(OpCodes.Ldstr, function.Name);
        foreach (var name in (string[])["trigger", "instanceId", "client"])
        {
            var at = parameters.FindIndex(each => each.Name == name);
            if (at < 0) body.Emit(OpCodes.Ldnull);
            else body.Emit(OpCodes.Ldarg, (short)at);
        }
        body.Emit(OpCodes.Call, typeof(GeneratedFunctions).GetMethod(isTimer ? nameof(ForwardTimer) : nameof(Forward))!);
        body.Emit(OpCodes.Ret);
    }

    private static CustomAttributeBuilder TriggerAttribute(WorkerFunction function) => function.Trigger switch
    {
        "orchestrationTrigger" => Attribute(typeof(OrchestrationTriggerAttribute)),
        "activityTrigger" => Attribute(typeof(ActivityTriggerAttribute)),
        "entityTrigger" => Attribute(typeof(EntityTriggerAttribute)),
        "timerTrigger" => new(typeof(TimerTriggerAttribute).GetConstructor([typeof(string)])!, [function.Schedule!]),
        _ => throw new ArgumentException($"{function.Name} has a trigger that is not served here: {function.Trigger}"),
    };

    private static CustomAttributeBuilder Attribute(Type type) => new(type.GetConstructor(Type.EmptyTypes)!, []);
}

/// <summary>Reads what a durableClient binding gives a function: the same for every function.</summary>
public static class ClientProbe
{
    [NoAutomaticTrigger]
    public static void ReadClient([DurableClient] string client, TaskCompletionSource<string> seen) => seen.SetResult(client);
}
