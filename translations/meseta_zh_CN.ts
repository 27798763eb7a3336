<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>BlastRadius</name>
    <message>
        <source>%1 on %2</source>
        <translation>%2 上的 %1</translation>
    </message>
    <message>
        <source>Kill %1?</source>
        <translation>终止 %1？</translation>
    </message>
    <message>
        <source>Its container on %1 is stopped.</source>
        <translation>它在 %1 上的容器将被停止。</translation>
    </message>
    <message>
        <source>Tear down %1?</source>
        <translation>拆除 %1？</translation>
    </message>
    <message>
        <source>The framework is removed for good, and all its tasks and executors are killed.</source>
        <translation>该框架将被永久移除，其所有任务和执行器都会被终止。</translation>
    </message>
    <message>
        <source>Deactivate %1?</source>
        <translation>停用 %1？</translation>
    </message>
    <message>
        <source>Nothing of it is offered any more. Its tasks run on.</source>
        <translation>它的资源不再被提供，正在运行的任务不受影响。</translation>
    </message>
    <message>
        <source>Reactivate</source>
        <translation>重新启用</translation>
    </message>
    <message>
        <source>Drain %1?</source>
        <translation>排空 %1？</translation>
    </message>
    <message>
        <source>Nothing of it is offered any more, and its tasks are killed, so that their frameworks start them elsewhere.</source>
        <translation>它的资源不再被提供，其任务会被终止，由各自的框架在别处重新启动。</translation>
    </message>
    <message>
        <source>Reactivate %1?</source>
        <translation>重新启用 %1？</translation>
    </message>
    <message>
        <source>Its free resources are offered again.</source>
        <translation>它的空闲资源将重新被提供。</translation>
    </message>
    <message>
        <source>Deactivate</source>
        <translation>停用</translation>
    </message>
    <message>
        <source>Kill</source>
        <translation>终止</translation>
    </message>
    <message>
        <source>Tear down</source>
        <translation>拆除</translation>
    </message>
    <message>
        <source>Drain</source>
        <translation>排空</translation>
    </message>
    <message>
        <source>The master does not know this agent any more.</source>
        <translation>主节点已不认识这个代理。</translation>
    </message>
    <message>
        <source>It is not deactivated.</source>
        <translation>它没有被停用。</translation>
    </message>
    <message>
        <source>It is still draining; it can be reactivated when it is drained.</source>
        <translation>它仍在排空；排空完成后才能重新启用。</translation>
    </message>
    <message>
        <source>It is deactivated already.</source>
        <translation>它已经停用。</translation>
    </message>
    <message>
        <source>It is draining already.</source>
        <translation>它已经在排空。</translation>
    </message>
    <message>
        <source>It has ended.</source>
        <translation>它已经结束。</translation>
    </message>
    <message>
        <source>It belongs to another framework (%1); only that one can kill it.</source>
        <translation>它属于另一个框架（%1），只有该框架能终止它。</translation>
    </message>
    <message>
        <source>Restart %1?</source>
        <translation>重启 %1？</translation>
    </message>
    <message numerus="yes">
        <source>Restart %n task(s)?</source>
        <translation>
            <numerusform>重启 %Ln 个任务？</numerusform>
        </translation>
    </message>
    <message>
        <source>Its container is stopped, and launched again as it was asked for; it may come up on another agent.</source>
        <translation>它的容器将被停止，然后按原来的要求重新启动；可能会在另一个代理上启动。</translation>
    </message>
    <message>
        <source>Their containers are stopped, and launched again as they were asked for; they may come up on other agents.</source>
        <translation>它们的容器将被停止，然后按原来的要求重新启动；可能会在其他代理上启动。</translation>
    </message>
    <message numerus="yes">
        <source>Kill %n task(s)?</source>
        <translation>
            <numerusform>终止 %Ln 个任务？</numerusform>
        </translation>
    </message>
    <message>
        <source>Their containers are stopped.</source>
        <translation>它们的容器将被停止。</translation>
    </message>
    <message>
        <source>Launch again</source>
        <translation>再次启动</translation>
    </message>
    <message numerus="yes">
        <source>Tear down %n framework(s)?</source>
        <translation>
            <numerusform>拆除 %Ln 个框架？</numerusform>
        </translation>
    </message>
    <message>
        <source>The frameworks are removed for good, and all their tasks and executors are killed.</source>
        <translation>这些框架将被永久移除，其所有任务和执行器都会被终止。</translation>
    </message>
    <message numerus="yes">
        <source>Deactivate %n agent(s)?</source>
        <translation>
            <numerusform>停用 %Ln 个代理？</numerusform>
        </translation>
    </message>
    <message>
        <source>Nothing of them is offered any more. Their tasks run on.</source>
        <translation>它们的资源不再被提供，正在运行的任务不受影响。</translation>
    </message>
    <message numerus="yes">
        <source>Drain %n agent(s)?</source>
        <translation>
            <numerusform>排空 %Ln 个代理？</numerusform>
        </translation>
    </message>
    <message>
        <source>Nothing of them is offered any more, and their tasks are killed, so that their frameworks start them elsewhere.</source>
        <translation>它们的资源不再被提供，其任务会被终止，以便各框架在别处启动。</translation>
    </message>
    <message numerus="yes">
        <source>Reactivate %n agent(s)?</source>
        <translation>
            <numerusform>重新启用 %Ln 个代理？</numerusform>
        </translation>
    </message>
    <message>
        <source>Their free resources are offered again.</source>
        <translation>它们的空闲资源将重新被提供。</translation>
    </message>
    <message>
        <source>Restart</source>
        <translation>重启</translation>
    </message>
    <message>
        <source>It belongs to another framework (%1); only that one can restart it. A copy can be launched.</source>
        <translation>它属于另一个框架（%1），只有该框架能重启它。可以启动一个副本。</translation>
    </message>
    <message>
        <source>What it was launched with is not remembered here, and no master tells its command. A copy can be launched.</source>
        <translation>这里没有记下它启动时的内容，主节点也不会告知它的命令。可以启动一个副本。</translation>
    </message>
    <message>
        <source>offer of %1 to %2</source>
        <translation>%1 提供给 %2 的资源提议</translation>
    </message>
    <message>
        <source>Unreserve on %1?</source>
        <translation>取消 %1 上的预留？</translation>
    </message>
    <message numerus="yes">
        <source>Unreserve on %n agent(s)?</source>
        <translation>
            <numerusform>取消 %n 个代理上的预留？</numerusform>
        </translation>
    </message>
    <message>
        <source>What was reserved at run time and is not in use is offered to all roles again: %1.</source>
        <translation>运行时预留且未被使用的资源将重新提供给所有角色：%1。</translation>
    </message>
    <message>
        <source>Reserve again</source>
        <translation>重新预留</translation>
    </message>
    <message>
        <source>Unreserve</source>
        <translation>取消预留</translation>
    </message>
    <message>
        <source>Nothing is reserved on it.</source>
        <translation>其上没有任何预留。</translation>
    </message>
    <message>
        <source>What is reserved on it is in use, or its own --resources say so.</source>
        <translation>其上的预留正被使用，或由其自身的 --resources 指定。</translation>
    </message>
</context>
<context>
    <name>BoundedAnswer</name>
    <message>
        <source>the answer was longer than the console reads</source>
        <translation>应答超出了控制台读取的长度</translation>
    </message>
</context>
<context>
    <name>Compose</name>
    <message>
        <source>%1 lies beside the Compose file; agents do not see it.</source>
        <translation>%1 位于 Compose 文件旁边，代理看不到它。</translation>
    </message>
    <message>
        <source>Networks of the Compose file do not reach across agents: the bridge is taken.</source>
        <translation>Compose 文件中的网络不能跨代理，因此改用桥接网络。</translation>
    </message>
    <message>
        <source>Not taken over: %1.</source>
        <translation>未采用：%1。</translation>
    </message>
    <message>
        <source>%1 was to come from your shell; give it a value.</source>
        <translation>%1 原本取自您的 shell，请为它填写值。</translation>
    </message>
    <message>
        <source>it names no image; one that is built has to be pushed to a registry first</source>
        <translation>它没有写明镜像；需要构建的镜像须先推送到镜像仓库</translation>
    </message>
    <message>
        <source>the file has no services</source>
        <translation>文件中没有服务</translation>
    </message>
    <message>
        <source>service &quot;%1&quot; is empty</source>
        <translation>服务“%1”是空的</translation>
    </message>
    <message>
        <source>service &quot;%1&quot;</source>
        <translation>服务“%1”</translation>
    </message>
    <message>
        <source>a Compose file of over 1 MiB is refused</source>
        <translation>不接受超过 1 MiB 的 Compose 文件</translation>
    </message>
    <message>
        <source>the file unfolds to too many entries</source>
        <translation>文件展开后条目过多</translation>
    </message>
    <message>
        <source>line %1: %2</source>
        <translation>第 %1 行：%2</translation>
    </message>
</context>
<context>
    <name>Decisions</name>
    <message>
        <source>The agent takes tasks</source>
        <translation>代理接受任务</translation>
    </message>
    <message>
        <source>The agent is disconnected, deactivated or draining</source>
        <translation>代理已断开、停用或正在排空</translation>
    </message>
    <message>
        <source>The agent is on the whitelist</source>
        <translation>代理在白名单中</translation>
    </message>
    <message>
        <source>The agent is not on the master&apos;s whitelist</source>
        <translation>代理不在主节点的白名单中</translation>
    </message>
    <message>
        <source>The framework is connected</source>
        <translation>框架已连接</translation>
    </message>
    <message>
        <source>The framework is not connected</source>
        <translation>框架未连接</translation>
    </message>
    <message>
        <source>The framework wants offers</source>
        <translation>框架需要资源提议</translation>
    </message>
    <message>
        <source>The framework has suppressed offers for this role</source>
        <translation>框架已对此角色抑制资源提议</translation>
    </message>
    <message>
        <source>The framework understands what the agent has</source>
        <translation>框架理解代理所具有的能力</translation>
    </message>
    <message>
        <source>The framework lacks a capability that this agent asks for</source>
        <translation>框架缺少此代理要求的能力</translation>
    </message>
    <message>
        <source>The agent fits the framework&apos;s constraints</source>
        <translation>代理符合框架的约束</translation>
    </message>
    <message>
        <source>The framework&apos;s constraints exclude this agent</source>
        <translation>框架的约束排除了此代理</translation>
    </message>
    <message>
        <source>Quota leaves room</source>
        <translation>配额仍有余量</translation>
    </message>
    <message>
        <source>Quota leaves no room for this role</source>
        <translation>配额没有给此角色留下余量</translation>
    </message>
    <message>
        <source>The agent has free resources</source>
        <translation>代理有空闲资源</translation>
    </message>
    <message>
        <source>The agent has nothing free for this role</source>
        <translation>代理没有可给此角色的空闲资源</translation>
    </message>
    <message>
        <source>What is free is enough to be offered</source>
        <translation>空闲资源足以构成提议</translation>
    </message>
    <message>
        <source>What is free is less than the smallest offer allowed</source>
        <translation>空闲资源少于允许的最小提议</translation>
    </message>
    <message>
        <source>No earlier refusal is in force</source>
        <translation>没有仍然生效的拒绝</translation>
    </message>
    <message>
        <source>The framework refused this agent before, and its refusal lasts</source>
        <translation>框架此前拒绝过此代理，且拒绝仍然有效</translation>
    </message>
    <message>
        <source>The master is not waiting for agents to come back</source>
        <translation>主节点不在等待代理恢复</translation>
    </message>
    <message>
        <source>The master has just taken over and waits for its agents</source>
        <translation>主节点刚刚接管，正在等待代理恢复</translation>
    </message>
    <message>
        <source>until %1</source>
        <translation>直到 %1</translation>
    </message>
    <message>
        <source>It was offered</source>
        <translation>已提供</translation>
    </message>
</context>
<context>
    <name>DockerRun</name>
    <message>
        <source>%1 was to come from your shell; give it a value.</source>
        <translation>%1 原本取自您的 shell，请为它填写值。</translation>
    </message>
    <message>
        <source>Files of variables stay on your machine: paste their lines.</source>
        <translation>变量文件只在您的机器上，请粘贴其内容。</translation>
    </message>
    <message>
        <source>Restarting is up to the framework: the console tells when a task ends.</source>
        <translation>重启由框架负责：任务结束时控制台会告知。</translation>
    </message>
    <message>
        <source>--cidfile has no meaning on a cluster.</source>
        <translation>--cidfile 在集群上没有意义。</translation>
    </message>
    <message>
        <source>The console shows the output of the task instead.</source>
        <translation>控制台会显示任务的输出。</translation>
    </message>
    <message>
        <source>The agent picks the platform.</source>
        <translation>平台由代理决定。</translation>
    </message>
    <message>
        <source>Name the ports to publish: those of the image are not known here.</source>
        <translation>请写明要发布的端口：此处不知道镜像声明的端口。</translation>
    </message>
    <message>
        <source>&quot;%1&quot; is not a number</source>
        <translation>“%1”不是数字</translation>
    </message>
    <message>
        <source>the line names no image</source>
        <translation>命令行没有写明镜像</translation>
    </message>
    <message>
        <source>%1 is no option of docker run</source>
        <translation>%1 不是 docker run 的选项</translation>
    </message>
    <message>
        <source>%1 lacks its value</source>
        <translation>%1 缺少值</translation>
    </message>
    <message>
        <source>the line does not begin with &quot;docker run&quot;</source>
        <translation>命令行没有以“docker run”开头</translation>
    </message>
    <message>
        <source>&quot;%1&quot; is not a port or a range of ports</source>
        <translation>“%1”不是端口或端口范围</translation>
    </message>
    <message>
        <source>&quot;%1&quot; is not within the ports 1 to 65535</source>
        <translation>“%1”不在端口 1 到 65535 之内</translation>
    </message>
    <message>
        <source>&quot;%1&quot;: the two ranges differ in length</source>
        <translation>“%1”：两个范围长度不同</translation>
    </message>
    <message>
        <source>&quot;%1&quot; does not name what to mount and where: host:/container[:ro]</source>
        <translation>“%1”没有写明挂载什么、挂到哪里：host:/container[:ro]</translation>
    </message>
    <message>
        <source>&quot;%1&quot; is not a size such as 512m or 1g</source>
        <translation>“%1”不是大小，例如 512m 或 1g</translation>
    </message>
    <message>
        <source>&quot;%1&quot; is not a duration such as 30s or 1m30s</source>
        <translation>“%1”不是时长，例如 30s 或 1m30s</translation>
    </message>
</context>
<context>
    <name>DropPayload</name>
    <message>
        <source>This Dockerfile builds on nothing that could be launched; build it and push the image to a registry.</source>
        <translation>此 Dockerfile 没有可启动的基础镜像；请先构建并推送到镜像仓库。</translation>
    </message>
    <message>
        <source>This is the image that the Dockerfile builds on; what it adds has to be built and pushed first.</source>
        <translation>这是 Dockerfile 的基础镜像；它所添加的内容需先构建并推送。</translation>
    </message>
    <message>
        <source>Only local files are read; drag the text &quot;%1&quot; names instead.</source>
        <translation>只读取本地文件；请改为拖入“%1”所指的文字。</translation>
    </message>
    <message>
        <source>%1 is not a file.</source>
        <translation>%1 不是文件。</translation>
    </message>
    <message>
        <source>%1 is too large to be a Compose file or a Dockerfile.</source>
        <translation>%1 太大，不可能是 Compose 文件或 Dockerfile。</translation>
    </message>
    <message>
        <source>%1 cannot be read: %2</source>
        <translation>无法读取 %1：%2</translation>
    </message>
    <message>
        <source>There is no text in it.</source>
        <translation>其中没有文字。</translation>
    </message>
    <message>
        <source>Drop the name of an image, a &quot;docker run&quot; line, a Compose file or a Dockerfile.</source>
        <translation>请拖入镜像名称、“docker run”命令行、Compose 文件或 Dockerfile。</translation>
    </message>
</context>
<context>
    <name>EventFile</name>
    <message>
        <source>%1 cannot be read: %2</source>
        <translation>无法读取 %1：%2</translation>
    </message>
    <message>
        <source>%1 is no recording of the console.</source>
        <translation>%1 不是控制台的录制文件。</translation>
    </message>
    <message>
        <source>%1 holds no event.</source>
        <translation>%1 中没有事件。</translation>
    </message>
    <message>
        <source>Event %1 of the recording is damaged.</source>
        <translation>录制中的第 %1 个事件已损坏。</translation>
    </message>
    <message>
        <source>The cluster is too large to be recorded: a snapshot of it takes %1 MiB.</source>
        <translation>集群太大，无法录制：一份快照需要 %1 MiB。</translation>
    </message>
    <message>
        <source>The disk is too slow for what happens: the recording has ended.</source>
        <translation>磁盘速度跟不上事件：录制已结束。</translation>
    </message>
    <message>
        <source>No snapshot came: the recording has ended.</source>
        <translation>没有收到快照：录制已结束。</translation>
    </message>
</context>
<context>
    <name>Events</name>
    <message>
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>%1 accepted an offer of %2</source>
        <translation>%1 接受了 %2 的资源提议</translation>
    </message>
    <message>
        <source>%1 declined an offer of %2</source>
        <translation>%1 拒绝了 %2 的资源提议</translation>
    </message>
    <message>
        <source>An offer of %2 was taken back from %1</source>
        <translation>%2 的资源提议已从 %1 收回</translation>
    </message>
    <message>
        <source>%1 held an offer of %2 too long; it was taken back</source>
        <translation>%1 持有 %2 的资源提议过久，已被收回</translation>
    </message>
    <message>
        <source>An offer of %2 went with %1</source>
        <translation>%2 的资源提议随 %1 一起失效</translation>
    </message>
    <message>
        <source>An offer of %2 to %1 ended</source>
        <translation>%2 给 %1 的资源提议已结束</translation>
    </message>
    <message>
        <source>Agent %1 said goodbye</source>
        <translation>代理 %1 已主动离开</translation>
    </message>
    <message>
        <source>Agent %1 cannot be reached</source>
        <translation>无法联系代理 %1</translation>
    </message>
    <message>
        <source>Agent %1 was marked as gone</source>
        <translation>代理 %1 被标记为永久离开</translation>
    </message>
    <message>
        <source>Agent %1 registered anew under another id</source>
        <translation>代理 %1 以新的标识重新注册</translation>
    </message>
    <message>
        <source>Agent %1 went down for maintenance</source>
        <translation>代理 %1 因维护下线</translation>
    </message>
    <message>
        <source>Agent %1 was removed</source>
        <translation>代理 %1 已被移除</translation>
    </message>
    <message>
        <source>Connection</source>
        <translation>连接</translation>
    </message>
    <message>
        <source>Agent</source>
        <translation>代理</translation>
    </message>
    <message>
        <source>Framework</source>
        <translation>框架</translation>
    </message>
    <message>
        <source>Task</source>
        <translation>任务</translation>
    </message>
    <message>
        <source>Offer</source>
        <translation>资源提议</translation>
    </message>
    <message>
        <source>Connected to %1</source>
        <translation>已连接到 %1</translation>
    </message>
    <message>
        <source>Lost %1</source>
        <translation>与 %1 的连接中断</translation>
    </message>
    <message>
        <source>Agent %1 registered</source>
        <translation>代理 %1 已注册</translation>
    </message>
    <message>
        <source>Agent %1 is %2</source>
        <translation>代理 %1 现为%2</translation>
    </message>
    <message>
        <source>Framework %1 subscribed</source>
        <translation>框架 %1 已订阅</translation>
    </message>
    <message>
        <source>Framework %1 changed</source>
        <translation>框架 %1 已变更</translation>
    </message>
    <message>
        <source>Framework %1 ended</source>
        <translation>框架 %1 已结束</translation>
    </message>
    <message>
        <source>%1 was sent to %2</source>
        <translation>%1 已发送到 %2</translation>
    </message>
    <message>
        <source>%1 is %2</source>
        <translation>%1 现为%2</translation>
    </message>
    <message>
        <source>%1 left the master&apos;s memory of active tasks</source>
        <translation>主节点已不再把 %1 记为活动任务</translation>
    </message>
    <message>
        <source>%1 was offered resources of %2</source>
        <translation>%1 收到 %2 的资源提议</translation>
    </message>
    <message>
        <source>Leader</source>
        <translation>主导者</translation>
    </message>
    <message>
        <source>%1 was elected to lead</source>
        <translation>%1 当选为主导者</translation>
    </message>
    <message>
        <source>%1 was elected to lead, and read its registry in %2</source>
        <translation>%1 当选为主导者，用 %2 读完了注册表</translation>
    </message>
    <message>
        <source>%1 leads no more</source>
        <translation>%1 不再是主导者</translation>
    </message>
    <message numerus="yes">
        <source>All %n agent(s) are back %1 after the election</source>
        <translation>
            <numerusform>选举后 %1，全部 %Ln 个代理已恢复</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n agent(s) did not come back in time</source>
        <translation>
            <numerusform>%Ln 个代理没有按时恢复</numerusform>
        </translation>
    </message>
    <message>
        <source>Agent %1 registered with the new leader</source>
        <translation>代理 %1 已向新的主导者注册</translation>
    </message>
    <message>
        <source>Framework %1 subscribed to the new leader</source>
        <translation>框架 %1 已向新的主导者订阅</translation>
    </message>
</context>
<context>
    <name>FailoverCheck</name>
    <message>
        <source>Does another master stand by?</source>
        <translation>有其他主节点待命吗？</translation>
    </message>
    <message>
        <source>Who stands for election is not known yet.</source>
        <translation>尚不清楚谁参加选举。</translation>
    </message>
    <message>
        <source>No: the leader is the only one. Start another master with the same --zk.</source>
        <translation>没有：只有主导者一个。请用相同的 --zk 再启动一个主节点。</translation>
    </message>
    <message>
        <source>%1 has version %2</source>
        <translation>%1 的版本是 %2</translation>
    </message>
    <message numerus="yes">
        <source>%n master(s) stand by; %1 is next.</source>
        <translation>
            <numerusform>%Ln 个主节点待命，下一个是 %1。</numerusform>
        </translation>
    </message>
    <message>
        <source>No answer to /health from %1.</source>
        <translation>%1 没有应答 /health。</translation>
    </message>
    <message>
        <source>%1, the leader %2.</source>
        <translation>%1，主导者是 %2。</translation>
    </message>
    <message>
        <source>Would the ensemble elect one?</source>
        <translation>ZooKeeper 集群能选出主导者吗？</translation>
    </message>
    <message>
        <source>Its servers are not known.</source>
        <translation>不清楚它有哪些服务器。</translation>
    </message>
    <message numerus="yes">
        <source>%1 of %n server(s) answer, %2 are needed.</source>
        <translation>
            <numerusform>%Ln 台服务器中有 %1 台应答，需要 %2 台。</numerusform>
        </translation>
    </message>
    <message>
        <source>None may fail.</source>
        <translation>不能再有服务器失效。</translation>
    </message>
    <message>
        <source>Does what was agreed on outlast the leader?</source>
        <translation>已达成的约定在主导者失效后还在吗？</translation>
    </message>
    <message>
        <source>The leader&apos;s flags are not known yet.</source>
        <translation>尚不清楚主导者的启动参数。</translation>
    </message>
    <message>
        <source>The registry of agents, quotas and maintenance is kept.</source>
        <translation>代理、配额和维护的注册表会保留。</translation>
    </message>
    <message>
        <source>The registry is in the leader&apos;s memory only: quotas, weights and maintenance would be lost. Start the masters with --registry=replicated_log.</source>
        <translation>注册表只在主导者的内存里：配额、权重和维护计划会丢失。请用 --registry=replicated_log 启动主节点。</translation>
    </message>
    <message>
        <source>Would the agents come back?</source>
        <translation>代理会恢复吗？</translation>
    </message>
    <message>
        <source>The last time all were back after %1.</source>
        <translation>上一次全部恢复用了 %1。</translation>
    </message>
    <message numerus="yes">
        <source>%n agent(s) follow the ensemble; none has come back to a new leader since the console connected.</source>
        <translation>
            <numerusform>%Ln 个代理跟随 ZooKeeper 集群；控制台连接以来还没有代理恢复到新的主导者。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n are away now: the next leader waits for them in vain.</source>
        <translation>
            <numerusform>现在有 %Ln 个不在：下一个主导者会白等它们。</numerusform>
        </translation>
    </message>
    <message>
        <source>Would the frameworks keep their tasks?</source>
        <translation>框架能保住任务吗？</translation>
    </message>
    <message>
        <source>None is subscribed.</source>
        <translation>没有框架订阅。</translation>
    </message>
    <message>
        <source>All have time to subscribe again.</source>
        <translation>都有时间重新订阅。</translation>
    </message>
    <message numerus="yes">
        <source>%n of them have no failover timeout (%1): their tasks end when they are slower than their next leader.</source>
        <translation>
            <numerusform>其中 %Ln 个没有故障转移期限（%1）：若它们比下一个主导者慢，任务会结束。</numerusform>
        </translation>
    </message>
    <message>
        <source>How long would it take?</source>
        <translation>需要多长时间？</translation>
    </message>
    <message>
        <source>As long as the leader&apos;s session in ZooKeeper lasts; how long that is, no server told.</source>
        <translation>与主导者在 ZooKeeper 中的会话一样长；没有服务器告知会话的期限。</translation>
    </message>
    <message>
        <source>At most %1 until another leads: that long the session of a leader that crashed lasts. One that ends in order hands over at once.</source>
        <translation>最多 %1 后由另一个主导：崩溃的主导者的会话会保留这么久。正常退出的会立即交接。</translation>
    </message>
    <message>
        <source>No: this master runs without ZooKeeper (--zk), nobody takes over when it ends.</source>
        <translation>没有：该主节点没有使用 ZooKeeper（--zk），它结束后无人接管。</translation>
    </message>
    <message>
        <source>A failover now would not go well.</source>
        <translation>现在进行故障转移不会顺利。</translation>
    </message>
    <message>
        <source>Too little is known to tell.</source>
        <translation>所知太少，无法判断。</translation>
    </message>
    <message>
        <source>A failover now would work, with something to see to.</source>
        <translation>现在可以进行故障转移，但有事项需要处理。</translation>
    </message>
    <message>
        <source>A failover now would work.</source>
        <translation>现在可以进行故障转移。</translation>
    </message>
</context>
<context>
    <name>FairShare</name>
    <message>
        <source>&quot;%1&quot; names no resource; write for example cpus:2 mem:1GiB disk:10GiB gpus:1.</source>
        <translation>“%1”不是资源；请写成例如 cpus:2 mem:1GiB disk:10GiB gpus:1。</translation>
    </message>
    <message>
        <source>&quot;%1&quot; is no amount of %2.</source>
        <translation>“%1”不是 %2 的数量。</translation>
    </message>
</context>
<context>
    <name>Filter</name>
    <message>
        <source>write an amount such as 512M or 2GiB</source>
        <translation>请写成 512M 或 2GiB 这样的数量</translation>
    </message>
    <message>
        <source>write an age such as 90s, 5m, 2h or 1d</source>
        <translation>请写成 90s、5m、2h 或 1d 这样的时长</translation>
    </message>
    <message>
        <source>write a share such as 50%</source>
        <translation>请写成 50% 这样的比例</translation>
    </message>
    <message>
        <source>write a number</source>
        <translation>请写一个数字</translation>
    </message>
    <message>
        <source>The quotation mark is not closed.</source>
        <translation>引号没有闭合。</translation>
    </message>
    <message>
        <source>No column is called &quot;%1&quot;, so this is searched as text. Columns: %2.</source>
        <translation>没有名为“%1”的列，因此按文字搜索。可用的列：%2。</translation>
    </message>
    <message>
        <source>Something is missing after &quot;%1&quot;.</source>
        <translation>“%1”后面缺少内容。</translation>
    </message>
    <message>
        <source>&quot;%1&quot; is not an operator; there are : = != &lt; &lt;= &gt; &gt;=.</source>
        <translation>“%1”不是运算符；可用的有 : = != &lt; &lt;= &gt; &gt;=。</translation>
    </message>
    <message>
        <source>&quot;%1&quot; is a column of text; compare it with : = or !=.</source>
        <translation>“%1”是文字列，请用 : = 或 != 比较。</translation>
    </message>
    <message>
        <source>&quot;%1&quot; does not fit the column &quot;%2&quot;: %3.</source>
        <translation>“%1”不适用于列“%2”：%3。</translation>
    </message>
</context>
<context>
    <name>Fit</name>
    <message>
        <source>%1: %2 wanted, it has %3</source>
        <translation>%1：需要 %2，它有 %3</translation>
    </message>
    <message>
        <source>%1: %2 wanted, %3 free</source>
        <translation>%1：需要 %2，空闲 %3</translation>
    </message>
    <message>
        <source>it has no attribute %1</source>
        <translation>它没有属性 %1</translation>
    </message>
    <message>
        <source>another instance is on %1 %2</source>
        <translation>%1 %2 上已有另一个实例</translation>
    </message>
    <message>
        <source>its %1 is %2</source>
        <translation>其 %1 为 %2</translation>
    </message>
    <message>
        <source>the launch is for another agent</source>
        <translation>此启动指定了另一个代理</translation>
    </message>
    <message>
        <source>it takes no tasks now</source>
        <translation>它目前不接受任务</translation>
    </message>
    <message>
        <source>CPUs</source>
        <translation>CPU</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>Disk</source>
        <translation>磁盘</translation>
    </message>
</context>
<context>
    <name>Formats</name>
    <message>
        <source>%1 ms</source>
        <translation>%1 毫秒</translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation>%1 秒</translation>
    </message>
    <message>
        <source>%1 min</source>
        <translation>%1 分</translation>
    </message>
    <message>
        <source>%1 h</source>
        <translation>%1 小时</translation>
    </message>
    <message>
        <source>%1 d</source>
        <translation>%1 天</translation>
    </message>
    <message>
        <source>%1 %</source>
        <translation>%1%</translation>
    </message>
    <message>
        <source>%1 CPUs</source>
        <translation>%1 CPU</translation>
    </message>
    <message>
        <source>%1 GPUs</source>
        <translation>%1 GPU</translation>
    </message>
    <message>
        <source>%1 disk</source>
        <translation>%1 磁盘</translation>
    </message>
    <message>
        <source>, </source>
        <comment>between the parts of a list</comment>
        <translation>、</translation>
    </message>
    <message>
        <source>1 CPU</source>
        <translation>1 CPU</translation>
    </message>
</context>
<context>
    <name>IncidentFile</name>
    <message>
        <source>%1 cannot be written: %2</source>
        <translation>无法写入 %1：%2</translation>
    </message>
    <message>
        <source>Cluster %1</source>
        <translation>集群 %1</translation>
    </message>
    <message>
        <source>From %1 to %2</source>
        <translation>从 %1 到 %2</translation>
    </message>
    <message>
        <source>Changes of the leader</source>
        <translation>主导者的更替</translation>
    </message>
    <message>
        <source>What the console told</source>
        <translation>控制台的通知</translation>
    </message>
    <message>
        <source>Nothing was recorded in that time.</source>
        <translation>那段时间没有录制内容。</translation>
    </message>
</context>
<context>
    <name>Inspection</name>
    <message>
        <source>%1 of %2</source>
        <translation>%1 / %2</translation>
    </message>
    <message>
        <source>%1, %2 on offer</source>
        <translation>%1，提议中 %2</translation>
    </message>
    <message>
        <source>CPUs</source>
        <translation>CPU</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>Disk</source>
        <translation>磁盘</translation>
    </message>
    <message>
        <source>GPUs</source>
        <translation>GPU</translation>
    </message>
    <message>
        <source>Ports</source>
        <translation>端口</translation>
    </message>
    <message>
        <source>%1 (%2 ago)</source>
        <translation>%1（%2前）</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <translation>%1，%2</translation>
    </message>
    <message numerus="yes">
        <source>%n more</source>
        <translation>
            <numerusform>另有 %Ln 项</numerusform>
        </translation>
    </message>
    <message>
        <source>Outstanding offers</source>
        <translation>未决的资源提议</translation>
    </message>
    <message>
        <source>%1 for %2</source>
        <translation>%1，已 %2</translation>
    </message>
    <message>
        <source>Agent</source>
        <translation>代理</translation>
    </message>
    <message>
        <source>Resources</source>
        <translation>资源</translation>
    </message>
    <message>
        <source>Reserved</source>
        <translation>已预留</translation>
    </message>
    <message>
        <source>About</source>
        <translation>概况</translation>
    </message>
    <message>
        <source>Id</source>
        <translation>标识</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>地址</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>版本</translation>
    </message>
    <message>
        <source>Attributes</source>
        <translation>属性</translation>
    </message>
    <message>
        <source>Zone</source>
        <translation>区域</translation>
    </message>
    <message>
        <source>Registered</source>
        <translation>注册于</translation>
    </message>
    <message>
        <source>Tasks</source>
        <translation>任务</translation>
    </message>
    <message>
        <source>Offer</source>
        <translation>资源提议</translation>
    </message>
    <message>
        <source>Offer of %1</source>
        <translation>%1 的资源提议</translation>
    </message>
    <message>
        <source>held for %1</source>
        <translation>已持有 %1</translation>
    </message>
    <message>
        <source>Held by</source>
        <translation>持有者</translation>
    </message>
    <message>
        <source>Role</source>
        <translation>角色</translation>
    </message>
    <message>
        <source>Made</source>
        <translation>已提出</translation>
    </message>
    <message>
        <source>Framework</source>
        <translation>框架</translation>
    </message>
    <message>
        <source>User</source>
        <translation>用户</translation>
    </message>
    <message>
        <source>Principal</source>
        <translation>主体</translation>
    </message>
    <message>
        <source>Host</source>
        <translation>主机</translation>
    </message>
    <message>
        <source>Web page</source>
        <translation>网页</translation>
    </message>
    <message>
        <source>Checkpointing</source>
        <translation>检查点</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>是</translation>
    </message>
    <message>
        <source>no</source>
        <translation>否</translation>
    </message>
    <message>
        <source>Failover timeout</source>
        <translation>故障转移超时</translation>
    </message>
    <message>
        <source>Capabilities</source>
        <translation>能力</translation>
    </message>
    <message>
        <source>Holds</source>
        <translation>持有</translation>
    </message>
    <message>
        <source>Its offers so far</source>
        <translation>至今的资源提议</translation>
    </message>
    <message>
        <source>%1 made, %2 accepted, %3 declined, %4 taken back</source>
        <translation>提出 %1，接受 %2，拒绝 %3，收回 %4</translation>
    </message>
    <message>
        <source>dominant share %1</source>
        <translation>主导份额 %1</translation>
    </message>
    <message>
        <source>Weight</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>Guarantee</source>
        <translation>保证</translation>
    </message>
    <message>
        <source>Limit</source>
        <translation>上限</translation>
    </message>
    <message>
        <source>Frameworks</source>
        <translation>框架</translation>
    </message>
    <message>
        <source>sent to %1</source>
        <translation>发送到 %1</translation>
    </message>
    <message>
        <source>%1 accepted an offer of this agent</source>
        <translation>%1 接受了该代理的资源提议</translation>
    </message>
    <message>
        <source>Task</source>
        <translation>任务</translation>
    </message>
    <message>
        <source>Health</source>
        <translation>健康</translation>
    </message>
    <message>
        <source>healthy</source>
        <translation>健康</translation>
    </message>
    <message>
        <source>unhealthy</source>
        <translation>不健康</translation>
    </message>
    <message>
        <source>Image</source>
        <translation>镜像</translation>
    </message>
    <message>
        <source>Labels</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>Executor</source>
        <translation>执行器</translation>
    </message>
    <message>
        <source>Ran for</source>
        <translation>运行时长</translation>
    </message>
    <message>
        <source>told by the master</source>
        <translation>由主节点报告</translation>
    </message>
    <message>
        <source>told by the agent</source>
        <translation>由代理报告</translation>
    </message>
    <message>
        <source>told by the executor</source>
        <translation>由执行器报告</translation>
    </message>
    <message>
        <source>%1 was offered</source>
        <translation>%1 的资源被提供</translation>
    </message>
    <message>
        <source>after %1</source>
        <translation>%1 后</translation>
    </message>
    <message>
        <source>%1 accepted the offer</source>
        <translation>%1 接受了该提议</translation>
    </message>
    <message>
        <source>needs no acknowledgement</source>
        <translation>无需确认</translation>
    </message>
    <message>
        <source>acknowledged</source>
        <translation>已确认</translation>
    </message>
    <message>
        <source>sent to %1; that it was acknowledged shows with the next update</source>
        <translation>已发给 %1；是否确认要到下一次更新时才能看到</translation>
    </message>
    <message>
        <source>fetching the image</source>
        <translation>正在获取镜像</translation>
    </message>
    <message numerus="yes">
        <source>%n task(s)</source>
        <translation>
            <numerusform>%Ln 个任务</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n agent(s)</source>
        <translation>
            <numerusform>%Ln 个代理</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n framework(s)</source>
        <translation>
            <numerusform>%Ln 个框架</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n offer(s)</source>
        <translation>
            <numerusform>%Ln 个资源提议</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n role(s)</source>
        <translation>
            <numerusform>%Ln 个角色</numerusform>
        </translation>
    </message>
    <message>
        <source>Selection</source>
        <translation>选择</translation>
    </message>
    <message>
        <source>Selected</source>
        <translation>已选择</translation>
    </message>
    <message>
        <source>%1 %2</source>
        <translation>%1 个%2</translation>
    </message>
    <message>
        <source>Together</source>
        <translation>合计</translation>
    </message>
</context>
<context>
    <name>LaunchRequest</name>
    <message>
        <source>Name an image, for example library/redis.</source>
        <translation>请填写镜像，例如 library/redis。</translation>
    </message>
    <message>
        <source>&quot;%1&quot; is not the name of an image; it looks like registry/name:tag.</source>
        <translation>“%1”不是镜像名称；镜像名称的形式是 仓库/名称:标签。</translation>
    </message>
    <message>
        <source>The name must be shorter than 200 characters and hold no &quot;/&quot;.</source>
        <translation>名称必须少于 200 个字符，且不能含有“/”。</translation>
    </message>
    <message>
        <source>A task needs at least 0.01 CPUs.</source>
        <translation>任务至少需要 0.01 个 CPU。</translation>
    </message>
    <message>
        <source>Docker gives no container less than 4 MiB of memory.</source>
        <translation>Docker 容器的内存不能少于 4 MiB。</translation>
    </message>
    <message>
        <source>Ports are mapped on the bridge network only.</source>
        <translation>只有桥接网络才能映射端口。</translation>
    </message>
    <message>
        <source>%1 is not a port; ports go from 1 to 65535.</source>
        <translation>%1 不是端口；端口范围是 1 到 65535。</translation>
    </message>
    <message>
        <source>Write each variable as NAME=value, one a line.</source>
        <translation>每行写一个变量，格式为 变量名=值。</translation>
    </message>
    <message>
        <source>Launch between 1 and 1000 instances at a time.</source>
        <translation>一次可启动 1 到 1000 个实例。</translation>
    </message>
    <message>
        <source>Name the network to join.</source>
        <translation>请填写要加入的网络。</translation>
    </message>
    <message>
        <source>The Mesos containerizer has no bridge of its own; name one of the networks that its agents are set up with.</source>
        <translation>Mesos 容器化器没有自己的网桥；请填写代理上配置的某个网络。</translation>
    </message>
    <message>
        <source>Several instances cannot all have host port %1; leave the choice of it to the offer.</source>
        <translation>多个实例不能都使用主机端口 %1；请让资源提议来选择端口。</translation>
    </message>
    <message>
        <source>&quot;%1&quot; must be an absolute path in the container.</source>
        <translation>“%1”必须是容器内的绝对路径。</translation>
    </message>
    <message>
        <source>Say what to mount at %1.</source>
        <translation>请说明要挂载到 %1 的内容。</translation>
    </message>
    <message>
        <source>Write the command that tells whether the task is well.</source>
        <translation>请写出用于判断任务是否正常的命令。</translation>
    </message>
    <message>
        <source>The path of a health check starts with &quot;/&quot;.</source>
        <translation>健康检查的路径以“/”开头。</translation>
    </message>
    <message>
        <source>The times of a health check cannot be negative.</source>
        <translation>健康检查的时间不能为负。</translation>
    </message>
    <message>
        <source>Name the attribute that agents must have.</source>
        <translation>请填写代理必须具有的属性。</translation>
    </message>
    <message>
        <source>&quot;%1&quot; is not a regular expression.</source>
        <translation>“%1”不是正则表达式。</translation>
    </message>
    <message>
        <source>A quote in the command is not closed.</source>
        <translation>命令中的引号没有闭合。</translation>
    </message>
    <message>
        <source>Write the line that the shell is to run.</source>
        <translation>请写出要由 shell 执行的命令行。</translation>
    </message>
    <message>
        <source>Resources are reserved for a role: name one other than *.</source>
        <translation>资源是为某个角色预留的：请填写一个不是 * 的角色。</translation>
    </message>
</context>
<context>
    <name>MasterAddress</name>
    <message>
        <source>&quot;%1&quot; is not the address of a master; write it as host:port, for example localhost:5050.</source>
        <translation>“%1”不是主节点地址；请写成 主机:端口，例如 localhost:5050。</translation>
    </message>
</context>
<context>
    <name>OfferRiver</name>
    <message>
        <source>the others</source>
        <translation>其他</translation>
    </message>
</context>
<context>
    <name>Palette</name>
    <message>
        <source>agent, %1</source>
        <translation>代理，%1</translation>
    </message>
    <message>
        <source>framework, %1</source>
        <translation>框架，%1</translation>
    </message>
    <message>
        <source>task, %1 on %2</source>
        <translation>任务，%1，位于 %2</translation>
    </message>
    <message>
        <source>Why is nothing offered of %1?</source>
        <translation>为什么没有提供 %1 的资源？</translation>
    </message>
    <message>
        <source>Why does %1 get no offer?</source>
        <translation>为什么 %1 没有收到资源提议？</translation>
    </message>
</context>
<context>
    <name>RequestFields</name>
    <message>
        <source>&quot;%1&quot; is not a port; write 8080:80, 6379 or 53/udp.</source>
        <translation>“%1”不是端口；请写成 8080:80、6379 或 53/udp。</translation>
    </message>
    <message>
        <source>%1: &quot;%2&quot; has no &quot;=&quot;; write NAME=value, one a line.</source>
        <translation>%1：“%2”中没有“=”；请每行写一个 名称=值。</translation>
    </message>
    <message>
        <source>&quot;%1&quot; is not a volume; write /on/the/agent:/in/the/container, and :ro to keep it from being written.</source>
        <translation>“%1”不是卷；请写成 /代理上的路径:/容器内的路径，加 :ro 表示只读。</translation>
    </message>
    <message>
        <source>&quot;%1&quot; is not a rule; write rack = r1, rack != r1, rack ~ r[12] or hostname unique.</source>
        <translation>“%1”不是规则；请写成 rack = r1、rack != r1、rack ~ r[12] 或 hostname unique。</translation>
    </message>
</context>
<context>
    <name>Tables</name>
    <message>
        <source>deactivated</source>
        <translation>已停用</translation>
    </message>
    <message>
        <source>active</source>
        <translation>活动</translation>
    </message>
    <message>
        <source>disconnected</source>
        <translation>已断开</translation>
    </message>
    <message>
        <source>recovered</source>
        <translation>已恢复</translation>
    </message>
    <message>
        <source>inactive</source>
        <translation>不活动</translation>
    </message>
    <message>
        <source>Agent</source>
        <translation>代理</translation>
    </message>
    <message>
        <source>Id</source>
        <translation>标识</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>CPUs</source>
        <translation>CPU</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>Disk</source>
        <translation>磁盘</translation>
    </message>
    <message>
        <source>Ports</source>
        <translation>端口</translation>
    </message>
    <message>
        <source>Attributes</source>
        <translation>属性</translation>
    </message>
    <message>
        <source>Registered</source>
        <translation>注册时间</translation>
    </message>
    <message>
        <source>Framework</source>
        <translation>框架</translation>
    </message>
    <message>
        <source>Role</source>
        <translation>角色</translation>
    </message>
    <message>
        <source>Task</source>
        <translation>任务</translation>
    </message>
    <message>
        <source>Image</source>
        <translation>镜像</translation>
    </message>
    <message>
        <source>Updated</source>
        <translation>更新时间</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>消息</translation>
    </message>
    <message>
        <source>User</source>
        <translation>用户</translation>
    </message>
    <message>
        <source>Roles</source>
        <translation>角色</translation>
    </message>
    <message>
        <source>draining</source>
        <translation>排空中</translation>
    </message>
    <message>
        <source>drained</source>
        <translation>已排空</translation>
    </message>
    <message>
        <source>not back yet</source>
        <translation>尚未恢复</translation>
    </message>
    <message>
        <source>GPUs</source>
        <translation>GPU</translation>
    </message>
    <message>
        <source>Free CPUs</source>
        <translation>空闲 CPU</translation>
    </message>
    <message>
        <source>Free memory</source>
        <translation>空闲内存</translation>
    </message>
    <message>
        <source>Tasks</source>
        <translation>任务</translation>
    </message>
    <message>
        <source>Zone</source>
        <translation>区域</translation>
    </message>
    <message>
        <source>Reserved</source>
        <translation>已预留</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>版本</translation>
    </message>
    <message>
        <source>healthy</source>
        <translation>健康</translation>
    </message>
    <message>
        <source>unhealthy</source>
        <translation>不健康</translation>
    </message>
    <message>
        <source>Health</source>
        <translation>健康</translation>
    </message>
    <message>
        <source>Launched</source>
        <translation>启动于</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>原因</translation>
    </message>
    <message>
        <source>Labels</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>completed</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>Held by</source>
        <translation>持有者</translation>
    </message>
    <message>
        <source>Age</source>
        <translation>时长</translation>
    </message>
    <message>
        <source>Made</source>
        <translation>已提出</translation>
    </message>
    <message>
        <source>Held</source>
        <translation>持有中</translation>
    </message>
    <message>
        <source>Accepted</source>
        <translation>已接受</translation>
    </message>
    <message>
        <source>Declined</source>
        <translation>已拒绝</translation>
    </message>
    <message>
        <source>Taken back</source>
        <translation>已收回</translation>
    </message>
    <message>
        <source>Mean time held</source>
        <translation>平均持有时间</translation>
    </message>
    <message>
        <source>Last</source>
        <translation>最近</translation>
    </message>
    <message>
        <source>CPUs on offer</source>
        <translation>提议中的 CPU</translation>
    </message>
    <message>
        <source>Principal</source>
        <translation>主体</translation>
    </message>
    <message>
        <source>Host</source>
        <translation>主机</translation>
    </message>
    <message>
        <source>Dominant share</source>
        <translation>主导份额</translation>
    </message>
    <message>
        <source>Weight</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>Frameworks</source>
        <translation>框架</translation>
    </message>
    <message>
        <source>Offers</source>
        <translation>资源提议</translation>
    </message>
    <message>
        <source>Guarantee</source>
        <translation>保证</translation>
    </message>
    <message>
        <source>Limit</source>
        <translation>上限</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>What happened</source>
        <translation>发生了什么</translation>
    </message>
</context>
<context>
    <name>TaskState</name>
    <message>
        <source>staging</source>
        <translation>准备中</translation>
    </message>
    <message>
        <source>starting</source>
        <translation>启动中</translation>
    </message>
    <message>
        <source>running</source>
        <translation>运行中</translation>
    </message>
    <message>
        <source>stopping</source>
        <translation>停止中</translation>
    </message>
    <message>
        <source>finished</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>killed</source>
        <translation>已终止</translation>
    </message>
    <message>
        <source>refused</source>
        <translation>被拒绝</translation>
    </message>
    <message>
        <source>lost</source>
        <translation>丢失</translation>
    </message>
    <message>
        <source>dropped</source>
        <translation>已丢弃</translation>
    </message>
    <message>
        <source>unreachable</source>
        <translation>不可达</translation>
    </message>
    <message>
        <source>gone</source>
        <translation>已消失</translation>
    </message>
    <message>
        <source>gone (operator)</source>
        <translation>已消失（由运维标记）</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>未知</translation>
    </message>
</context>
<context>
    <name>main</name>
    <message>
        <source>A desktop console for Mesos clusters.</source>
        <translation>Mesos 集群的桌面控制台。</translation>
    </message>
    <message>
        <source>The master to connect to, as host:port.</source>
        <translation>要连接的主节点，格式为 主机:端口。</translation>
    </message>
    <message>
        <source>en or zh_CN.</source>
        <translation>en 或 zh_CN。</translation>
    </message>
    <message>
        <source>light, dark or system.</source>
        <translation>light（浅色）、dark（深色）或 system（跟随系统）。</translation>
    </message>
    <message>
        <source>Draw the window to this file and end.</source>
        <translation>把窗口画到该文件后退出。</translation>
    </message>
    <message>
        <source>The page to open: its number, or its English name.</source>
        <translation>要打开的页面：序号或英文名称。</translation>
    </message>
    <message>
        <source>The size of the window, as 1280x800.</source>
        <translation>窗口大小，例如 1280x800。</translation>
    </message>
    <message>
        <source>A recording or an incident to open.</source>
        <translation>要打开的录制或事件档案。</translation>
    </message>
</context>
<context>
    <name>meseta::console::AboutDialog</name>
    <message>
        <source>About Meseta</source>
        <translation>关于 Meseta</translation>
    </message>
    <message>
        <source>Meseta console %1</source>
        <translation>Meseta 控制台 %1</translation>
    </message>
    <message>
        <source>A desktop console for clusters of Meseta and of Apache Mesos.</source>
        <translation>用于 Meseta 和 Apache Mesos 集群的桌面控制台。</translation>
    </message>
    <message>
        <source>Free software under the Apache License, version 2.0. It is made with Qt %1 (LGPL) and Protocol Buffers (BSD).</source>
        <translation>自由软件，采用 Apache 许可证 2.0 版。使用 Qt %1（LGPL）和 Protocol Buffers（BSD）构建。</translation>
    </message>
</context>
<context>
    <name>meseta::console::Cluster</name>
    <message>
        <source>%1 (recording)</source>
        <translation>%1（录制）</translation>
    </message>
</context>
<context>
    <name>meseta::console::ClusterMap</name>
    <message>
        <source>CPUs: %1 of %2</source>
        <translation>CPU：%1 / %2</translation>
    </message>
    <message>
        <source>Memory: %1 of %2</source>
        <translation>内存：%1 / %2</translation>
    </message>
    <message numerus="yes">
        <source>%n task(s)</source>
        <translation>
            <numerusform>%Ln 个任务</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>meseta::console::ClusterView</name>
    <message>
        <source>Output</source>
        <translation>输出</translation>
    </message>
    <message>
        <source>Kill…</source>
        <translation>终止…</translation>
    </message>
    <message>
        <source>Launch here…</source>
        <translation>在此启动…</translation>
    </message>
    <message>
        <source>Why no offer?</source>
        <translation>为何没有提议？</translation>
    </message>
    <message>
        <source>Reactivate…</source>
        <translation>重新启用…</translation>
    </message>
    <message>
        <source>Deactivate…</source>
        <translation>停用…</translation>
    </message>
    <message>
        <source>Drain…</source>
        <translation>排空…</translation>
    </message>
    <message>
        <source>Launch on it…</source>
        <translation>用它启动…</translation>
    </message>
    <message>
        <source>Tear down…</source>
        <translation>拆除…</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Go to %1</source>
        <translation>转到 %1</translation>
    </message>
    <message>
        <source>Overview</source>
        <translation>总览</translation>
    </message>
    <message>
        <source>Map</source>
        <translation>地图</translation>
    </message>
    <message>
        <source>Tasks</source>
        <translation>任务</translation>
    </message>
    <message>
        <source>Agents</source>
        <translation>代理</translation>
    </message>
    <message>
        <source>Offers</source>
        <translation>资源提议</translation>
    </message>
    <message>
        <source>Frameworks</source>
        <translation>框架</translation>
    </message>
    <message>
        <source>Roles</source>
        <translation>角色</translation>
    </message>
    <message>
        <source>Events</source>
        <translation>事件</translation>
    </message>
    <message>
        <source>Masters</source>
        <translation>主节点</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>All</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>Active</source>
        <translation>活动</translation>
    </message>
    <message>
        <source>Completed</source>
        <translation>已结束</translation>
    </message>
    <message>
        <source>Unreachable</source>
        <translation>无法联系</translation>
    </message>
    <message>
        <source>Current</source>
        <translation>当前</translation>
    </message>
    <message>
        <source>Ended</source>
        <translation>已结束</translation>
    </message>
    <message>
        <source>Outstanding offers</source>
        <translation>未决的资源提议</translation>
    </message>
    <message>
        <source>Offers so far</source>
        <translation>至今的资源提议</translation>
    </message>
    <message>
        <source>No tasks yet. Launch one with Ctrl+L, or with mesos-execute.</source>
        <translation>还没有任务。按 Ctrl+L 或用 mesos-execute 启动一个。</translation>
    </message>
    <message>
        <source>No agents. Start one with: mesos-agent --master=%1 --work_dir=…</source>
        <translation>没有代理。可这样启动：mesos-agent --master=%1 --work_dir=…</translation>
    </message>
    <message>
        <source>No offers are outstanding: no framework is waiting for resources.</source>
        <translation>没有未决的资源提议：没有框架在等待资源。</translation>
    </message>
    <message>
        <source>No offers were made since the console connected.</source>
        <translation>控制台连接以来没有提出过资源提议。</translation>
    </message>
    <message>
        <source>No frameworks are subscribed.</source>
        <translation>没有框架订阅。</translation>
    </message>
    <message>
        <source>No role is in use.</source>
        <translation>没有角色在使用。</translation>
    </message>
    <message>
        <source>Nothing has happened since the console connected.</source>
        <translation>控制台连接以来没有发生任何事件。</translation>
    </message>
    <message>
        <source>%1 on %2 is %3: %4</source>
        <translation>%2 上的 %1 现为%3：%4</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>显示</translation>
    </message>
    <message numerus="yes">
        <source>%n agent(s) were lost</source>
        <translation>
            <numerusform>失去了 %Ln 个代理</numerusform>
        </translation>
    </message>
    <message>
        <source>Agent %1 was lost</source>
        <translation>失去了代理 %1</translation>
    </message>
    <message>
        <source>No offers are outstanding. This is a stock Mesos master: its offers are read every two seconds, so short ones are never seen.</source>
        <translation>没有未决的资源提议。这是原版 Mesos 主节点：每两秒读取一次其提议，短暂的提议不会被看到。</translation>
    </message>
    <message>
        <source>A stock Mesos master does not tell what became of its offers.</source>
        <translation>原版 Mesos 主节点不会告知资源提议的结果。</translation>
    </message>
    <message>
        <source>Restart…</source>
        <translation>重启…</translation>
    </message>
    <message numerus="yes">
        <source>Restart %n task(s)…</source>
        <translation>
            <numerusform>重启 %Ln 个任务…</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Kill %n task(s)…</source>
        <translation>
            <numerusform>终止 %Ln 个任务…</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Deactivate %n agent(s)…</source>
        <translation>
            <numerusform>停用 %Ln 个代理…</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Reactivate %n agent(s)…</source>
        <translation>
            <numerusform>重新启用 %Ln 个代理…</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Drain %n agent(s)…</source>
        <translation>
            <numerusform>排空 %Ln 个代理…</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Tear down %n framework(s)…</source>
        <translation>
            <numerusform>拆除 %Ln 个框架…</numerusform>
        </translation>
    </message>
    <message>
        <source>What if…</source>
        <translation>假设…</translation>
    </message>
    <message>
        <source>Terminal…</source>
        <translation>终端…</translation>
    </message>
    <message>
        <source>Launch a copy…</source>
        <translation>启动副本…</translation>
    </message>
    <message>
        <source>It is no more.</source>
        <translation>它已不存在。</translation>
    </message>
    <message>
        <source>The master tells the image and the size of %1, not its command, environment and volumes: look through the form before you launch the copy.</source>
        <translation>主节点只告知 %1 的镜像和大小，不告知命令、环境变量和卷：启动副本前请检查表单。</translation>
    </message>
    <message>
        <source>loading: %1 of %2</source>
        <translation>正在载入：%1 / %2</translation>
    </message>
    <message>
        <source>It is not running.</source>
        <translation>它没有在运行。</translation>
    </message>
    <message>
        <source>Its container belongs to a Docker engine. Agents of Mesos open sessions only in containers of their own (launched with the Mesos containerizer).</source>
        <translation>它的容器属于 Docker 引擎。Mesos 代理只能在自己的容器（用 Mesos 容器化器启动）中打开会话。</translation>
    </message>
    <message>
        <source>The address of its agent is not known.</source>
        <translation>不清楚其代理的地址。</translation>
    </message>
    <message>
        <source>Not connected yet.</source>
        <translation>尚未连接。</translation>
    </message>
    <message>
        <source>No tasks at this moment.</source>
        <translation>此刻没有任务。</translation>
    </message>
    <message>
        <source>Loading…</source>
        <translation>正在载入…</translation>
    </message>
    <message>
        <source>Nothing can be launched here: %1</source>
        <translation>此处无法启动：%1</translation>
    </message>
    <message>
        <source>Unreserve…</source>
        <translation>取消预留…</translation>
    </message>
    <message numerus="yes">
        <source>Unreserve on %n agent(s)…</source>
        <translation>
            <numerusform>取消 %n 个代理上的预留…</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>meseta::console::CommandPalette</name>
    <message>
        <source>@agent   #task   %framework   &gt;action   ?why</source>
        <translation>@代理   #任务   %框架   &gt;操作   ?为什么</translation>
    </message>
    <message>
        <source>Command palette</source>
        <translation>命令面板</translation>
    </message>
    <message>
        <source>What was found</source>
        <translation>查找结果</translation>
    </message>
</context>
<context>
    <name>meseta::console::ConnectionBanner</name>
    <message numerus="yes">
        <source>%1 is not connected: %2. What is shown is %n second(s) old.</source>
        <translation>
            <numerusform>%1 未连接：%2。显示的是 %Ln 秒前的内容。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Next try in %n s.</source>
        <translation>
            <numerusform>%Ln 秒后重试。</numerusform>
        </translation>
    </message>
    <message>
        <source>Trying…</source>
        <translation>正在重试…</translation>
    </message>
    <message>
        <source>Try now</source>
        <translation>立即重试</translation>
    </message>
    <message numerus="yes">
        <source>%n agent(s)</source>
        <translation>
            <numerusform>%Ln 个代理</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n framework(s)</source>
        <translation>
            <numerusform>%Ln 个框架</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n task(s)</source>
        <translation>
            <numerusform>%Ln 个任务</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n offer(s)</source>
        <translation>
            <numerusform>%Ln 个资源提议</numerusform>
        </translation>
    </message>
    <message>
        <source>The cluster is larger than the console holds. Left out of all tables and sums, at least: %1.</source>
        <translation>集群超出控制台可容纳的规模。以下至少这些未计入任何表格和合计：%1。</translation>
    </message>
    <message>
        <source>%1 is not connected: %2.</source>
        <translation>%1 未连接：%2。</translation>
    </message>
</context>
<context>
    <name>meseta::console::ContainerSession</name>
    <message>
        <source>the agent sends elsewhere; nobody else is asked on its word</source>
        <translation>代理要求转到别处；不会因此去询问他人</translation>
    </message>
    <message>
        <source>the agent answered %1: %2</source>
        <translation>代理应答 %1：%2</translation>
    </message>
    <message>
        <source>what is typed cannot be sent: %1</source>
        <translation>无法发送输入：%1</translation>
    </message>
    <message>
        <source>the agent does not tell its tasks: %1</source>
        <translation>代理没有告知其任务：%1</translation>
    </message>
    <message>
        <source>the agent runs no container for this task</source>
        <translation>代理没有为此任务运行容器</translation>
    </message>
    <message>
        <source>the agent sent what cannot be read</source>
        <translation>代理发来了无法读取的内容</translation>
    </message>
    <message>
        <source>the agent takes no input: %1 %2</source>
        <translation>代理不接受输入：%1 %2</translation>
    </message>
</context>
<context>
    <name>meseta::console::DeedDialog</name>
    <message numerus="yes">
        <source>%n task(s)</source>
        <translation>
            <numerusform>%Ln 个任务</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n outstanding offer(s)</source>
        <translation>
            <numerusform>%Ln 个未决的资源提议</numerusform>
        </translation>
    </message>
    <message>
        <source>No task and no offer is touched.</source>
        <translation>不影响任何任务或资源提议。</translation>
    </message>
    <message>
        <source>Touched: %1.</source>
        <translation>受影响：%1。</translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>另有 %Ln 项</numerusform>
        </translation>
    </message>
    <message>
        <source>This cannot be undone.</source>
        <translation>此操作无法撤销。</translation>
    </message>
    <message>
        <source>Can be undone for a while afterwards: %1.</source>
        <translation>之后一段时间内可以撤销：%1。</translation>
    </message>
    <message numerus="yes">
        <source>%n agent(s)</source>
        <translation>
            <numerusform>%Ln 个代理</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n framework(s)</source>
        <translation>
            <numerusform>%Ln 个框架</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Left out: %n.</source>
        <translation>
            <numerusform>不包括：%Ln 个。</numerusform>
        </translation>
    </message>
    <message>
        <source>What is touched</source>
        <translation>受影响的对象</translation>
    </message>
    <message>
        <source>Left out: %1. %2</source>
        <translation>不包括：%1。%2</translation>
    </message>
</context>
<context>
    <name>meseta::console::DeedRunner</name>
    <message>
        <source>%1 is being killed.</source>
        <translation>正在终止 %1。</translation>
    </message>
    <message numerus="yes">
        <source>%n task(s) are being killed.</source>
        <translation>
            <numerusform>正在终止 %Ln 个任务。</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 is being restarted.</source>
        <translation>正在重启 %1。</translation>
    </message>
    <message numerus="yes">
        <source>%n task(s) are being restarted.</source>
        <translation>
            <numerusform>正在重启 %Ln 个任务。</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 was torn down.</source>
        <translation>%1 已拆除。</translation>
    </message>
    <message numerus="yes">
        <source>%n framework(s) were torn down.</source>
        <translation>
            <numerusform>%Ln 个框架已拆除。</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 is deactivated.</source>
        <translation>%1 已停用。</translation>
    </message>
    <message numerus="yes">
        <source>%n agent(s) are deactivated.</source>
        <translation>
            <numerusform>%Ln 个代理已停用。</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 is active again.</source>
        <translation>%1 已重新启用。</translation>
    </message>
    <message numerus="yes">
        <source>%n agent(s) are active again.</source>
        <translation>
            <numerusform>%Ln 个代理已重新启用。</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 is being drained.</source>
        <translation>正在排空 %1。</translation>
    </message>
    <message numerus="yes">
        <source>%n agent(s) are being drained.</source>
        <translation>
            <numerusform>正在排空 %Ln 个代理。</numerusform>
        </translation>
    </message>
    <message>
        <source>This is a recording.</source>
        <translation>这是录制内容。</translation>
    </message>
    <message>
        <source>This connection is read-only.</source>
        <translation>此连接为只读。</translation>
    </message>
    <message>
        <source>The master is not connected.</source>
        <translation>主节点未连接。</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>%1 was refused for %2: %3</source>
        <translation>对 %2 的“%1”被拒绝：%3</translation>
    </message>
    <message numerus="yes">
        <source>%1 was refused %n time(s), first for %2: %3</source>
        <translation>
            <numerusform>“%1”被拒绝 %Ln 次，首先是 %2：%3</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 is drained.</source>
        <translation>%1 已排空。</translation>
    </message>
    <message numerus="yes">
        <source>%n agent(s) are drained.</source>
        <translation>
            <numerusform>%Ln 个代理已排空。</numerusform>
        </translation>
    </message>
    <message>
        <source>Reactivate</source>
        <translation>重新启用</translation>
    </message>
    <message>
        <source>What was free of the reservations on %1 is unreserved.</source>
        <translation>%1 上未被使用的预留已取消。</translation>
    </message>
    <message numerus="yes">
        <source>What was free of the reservations on %n agent(s) is unreserved.</source>
        <translation>
            <numerusform>%n 个代理上未被使用的预留已取消。</numerusform>
        </translation>
    </message>
    <message>
        <source>Reserved on %1 again.</source>
        <translation>已在 %1 上重新预留。</translation>
    </message>
    <message>
        <source>It could not be reserved on %1 again: %2</source>
        <translation>无法在 %1 上重新预留：%2</translation>
    </message>
</context>
<context>
    <name>meseta::console::EnsembleProbe</name>
    <message>
        <source>no answer within %1 s</source>
        <translation>%1 秒内没有回应</translation>
    </message>
    <message>
        <source>AdminServer :%1</source>
        <translation>AdminServer :%1</translation>
    </message>
    <message>
        <source>It does not take %1, and no AdminServer answers on port %2: allow the words with 4lw.commands.whitelist, or set admin.serverPort.</source>
        <translation>它不接受 %1，端口 %2 上也没有 AdminServer 应答：请用 4lw.commands.whitelist 允许这些命令，或设置 admin.serverPort。</translation>
    </message>
</context>
<context>
    <name>meseta::console::EventStream</name>
    <message numerus="yes">
        <source>nothing was heard for %n second(s)</source>
        <translation>
            <numerusform>已有 %Ln 秒没有收到任何数据</numerusform>
        </translation>
    </message>
    <message>
        <source>the master closed the connection</source>
        <translation>主节点关闭了连接</translation>
    </message>
</context>
<context>
    <name>meseta::console::FailoverLanes</name>
    <message>
        <source>target %1</source>
        <translation>目标 %1</translation>
    </message>
    <message>
        <source>%1 and not found yet</source>
        <translation>%1，仍未找到</translation>
    </message>
    <message>
        <source>%1, %2 took over</source>
        <translation>%1，由 %2 接管</translation>
    </message>
    <message>
        <source>%1: %2 of %3</source>
        <translation>%1：%2 / %3</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
</context>
<context>
    <name>meseta::console::FileCopy</name>
    <message>
        <source>%1 cannot be written: %2</source>
        <translation>无法写入 %1：%2</translation>
    </message>
</context>
<context>
    <name>meseta::console::FileReader</name>
    <message>
        <source>The agent&apos;s answer cannot be read.</source>
        <translation>无法读取代理的回应。</translation>
    </message>
    <message>
        <source>There is no such file (yet).</source>
        <translation>（尚）没有这个文件。</translation>
    </message>
    <message>
        <source>The agent answered %1.</source>
        <translation>代理回应了 %1。</translation>
    </message>
</context>
<context>
    <name>meseta::console::FilterBar</name>
    <message>
        <source>Filter, for example state:failed cpus&gt;2</source>
        <translation>筛选，例如 状态:失败 CPU&gt;2</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>筛选</translation>
    </message>
    <message>
        <source>Words to search for, and columns to compare: state:failed, cpus&gt;2, mem&lt;=512M, updated&lt;5m, -word.</source>
        <translation>要搜索的词，以及列的比较：状态:失败、CPU&gt;2、内存&lt;=512M、更新时间&lt;5m、-词。</translation>
    </message>
</context>
<context>
    <name>meseta::console::FitLens</name>
    <message>
        <source>It fits nowhere now.</source>
        <translation>现在放不下。</translation>
    </message>
    <message numerus="yes">
        <source>It fits %n time(s) now.</source>
        <translation>
            <numerusform>现在能放下 %Ln 次。</numerusform>
        </translation>
    </message>
    <message>
        <source>What is free would hold %1 on one machine: %2 is lost to fragmentation.</source>
        <translation>空闲资源若在一台机器上可放 %1 个：碎片化损失了 %2。</translation>
    </message>
    <message>
        <source>Largest tasks now: %1 on %2</source>
        <translation>现在最大的任务：%2 上的 %1</translation>
    </message>
    <message>
        <source>, or %1 on %2</source>
        <translation>，或 %2 上的 %1</translation>
    </message>
    <message>
        <source>%1 on %2</source>
        <translation>%2 上的 %1</translation>
    </message>
    <message>
        <source>Stranded: %1 in all, most of it %2.</source>
        <translation>闲置碎片：共 %1，主要是 %2。</translation>
    </message>
    <message>
        <source>A &amp;task of</source>
        <translation>任务大小(&amp;T)</translation>
    </message>
    <message>
        <source>CPUs</source>
        <translation>CPU</translation>
    </message>
    <message>
        <source>CPUs of the task</source>
        <translation>任务的 CPU</translation>
    </message>
    <message>
        <source>Memory of the task</source>
        <translation>任务的内存</translation>
    </message>
    <message>
        <source>Show where it fits</source>
        <translation>显示放得下的位置</translation>
    </message>
    <message>
        <source>; </source>
        <comment>between the parts of a list</comment>
        <translation>；</translation>
    </message>
</context>
<context>
    <name>meseta::console::HaPage</name>
    <message>
        <source>%1 leads</source>
        <translation>%1 为主导</translation>
    </message>
    <message>
        <source>%1 led when the connection was lost</source>
        <translation>连接中断时由 %1 主导</translation>
    </message>
    <message>
        <source>, version %1</source>
        <translation>，版本 %1</translation>
    </message>
    <message>
        <source>Elected %1, %2 ago</source>
        <translation>当选于 %1，%2前</translation>
    </message>
    <message>
        <source>Id %1</source>
        <translation>标识 %1</translation>
    </message>
    <message>
        <source>No master is connected.</source>
        <translation>没有连接主节点。</translation>
    </message>
    <message>
        <source>This master runs without ZooKeeper (it has no --zk flag): it is the only one, and nobody takes over when it ends.</source>
        <translation>此主节点未使用 ZooKeeper（没有 --zk 参数）：只有它一个，结束后无人接管。</translation>
    </message>
    <message>
        <source>Which ensemble it uses is asked when the master is connected.</source>
        <translation>连接主节点后才能得知所用的 ZooKeeper 集群。</translation>
    </message>
    <message>
        <source>Server</source>
        <translation>服务器</translation>
    </message>
    <message>
        <source>Mode</source>
        <translation>模式</translation>
    </message>
    <message>
        <source>Latency</source>
        <translation>延迟</translation>
    </message>
    <message>
        <source>Answered in</source>
        <translation>回应用时</translation>
    </message>
    <message>
        <source>Connections</source>
        <translation>连接数</translation>
    </message>
    <message>
        <source>Sessions</source>
        <translation>会话数</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>版本</translation>
    </message>
    <message>
        <source>%1 ms</source>
        <translation>%1 毫秒</translation>
    </message>
    <message>
        <source>is being asked…</source>
        <translation>正在询问…</translation>
    </message>
    <message>
        <source>Masters</source>
        <translation>主节点</translation>
    </message>
    <message>
        <source>Leader</source>
        <translation>主导者</translation>
    </message>
    <message>
        <source>ZooKeeper ensemble</source>
        <translation>ZooKeeper 集群</translation>
    </message>
    <message>
        <source>Changes of the leader, as seen from here</source>
        <translation>从此处所见的主导者更替</translation>
    </message>
    <message>
        <source>The connection was never lost.</source>
        <translation>连接从未中断。</translation>
    </message>
    <message>
        <source>no leader</source>
        <translation>没有主导者</translation>
    </message>
    <message>
        <source>reading the registry</source>
        <translation>读取注册表</translation>
    </message>
    <message>
        <source>agents coming back</source>
        <translation>代理恢复中</translation>
    </message>
    <message>
        <source>read its registry in %1</source>
        <translation>%1 读完注册表</translation>
    </message>
    <message numerus="yes">
        <source>all %n agent(s) back after %1</source>
        <translation>
            <numerusform>%1 后全部 %Ln 个代理恢复</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 of %2 agents back</source>
        <translation>%2 个代理中已恢复 %1 个</translation>
    </message>
    <message numerus="yes">
        <source>%n given up</source>
        <translation>
            <numerusform>放弃 %Ln 个</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n framework(s) back</source>
        <translation>
            <numerusform>%Ln 个框架恢复</numerusform>
        </translation>
    </message>
    <message>
        <source>Turn</source>
        <translation>次序</translation>
    </message>
    <message>
        <source>Master</source>
        <translation>主节点</translation>
    </message>
    <message>
        <source>Stands for</source>
        <translation>参选时长</translation>
    </message>
    <message>
        <source>Session</source>
        <translation>会话</translation>
    </message>
    <message>
        <source>Connected for</source>
        <translation>连接时长</translation>
    </message>
    <message>
        <source>Session timeout</source>
        <translation>会话期限</translation>
    </message>
    <message>
        <source>Health</source>
        <translation>健康</translation>
    </message>
    <message>
        <source>leads</source>
        <translation>主导</translation>
    </message>
    <message>
        <source>%1.</source>
        <translation>%1.</translation>
    </message>
    <message>
        <source>%1 to %2</source>
        <translation>%1，连接到 %2</translation>
    </message>
    <message>
        <source>no answer</source>
        <translation>无应答</translation>
    </message>
    <message>
        <source>healthy</source>
        <translation>健康</translation>
    </message>
    <message>
        <source>The ensemble is being asked…</source>
        <translation>正在询问 ZooKeeper 集群…</translation>
    </message>
    <message>
        <source>Asked by</source>
        <translation>询问方式</translation>
    </message>
    <message>
        <source>not reached</source>
        <translation>无法连接</translation>
    </message>
    <message>
        <source>not told</source>
        <translation>未告知</translation>
    </message>
    <message>
        <source>No ensemble is known.</source>
        <translation>不清楚 ZooKeeper 集群。</translation>
    </message>
    <message>
        <source>Failover rehearsal: nothing is touched</source>
        <translation>故障转移演练：不触动任何东西</translation>
    </message>
    <message>
        <source>Check again</source>
        <translation>重新检查</translation>
    </message>
    <message>
        <source>All questions</source>
        <translation>全部问题</translation>
    </message>
    <message>
        <source>No Mesos master can be asked to step down: to rehearse for real, end the process of the leader and watch the lanes below.</source>
        <translation>无法要求 Mesos 主节点让位：要真实演练，请结束主导者的进程并观察下方的泳道。</translation>
    </message>
    <message>
        <source>Masters that stand for election, in order</source>
        <translation>参加选举的主节点（按次序）</translation>
    </message>
</context>
<context>
    <name>meseta::console::ImageCatalog</name>
    <message>
        <source>Name a registry, for example 127.0.0.1:5000.</source>
        <translation>请填写镜像仓库，例如 127.0.0.1:5000。</translation>
    </message>
    <message>
        <source>%1 does not list its images: %2</source>
        <translation>%1 不提供镜像列表：%2</translation>
    </message>
    <message>
        <source>%1 holds no images.</source>
        <translation>%1 中没有镜像。</translation>
    </message>
    <message>
        <source>No Docker engine answers at %1: %2</source>
        <translation>%1 处没有 Docker 引擎回应：%2</translation>
    </message>
    <message>
        <source>The Docker engine of this machine gave no list of images.</source>
        <translation>本机的 Docker 引擎没有给出镜像列表。</translation>
    </message>
    <message>
        <source>The Docker engine of this machine has no images.</source>
        <translation>本机的 Docker 引擎没有镜像。</translation>
    </message>
</context>
<context>
    <name>meseta::console::ImageShelf</name>
    <message>
        <source>What you launch is kept here.</source>
        <translation>您启动过的镜像会保存在这里。</translation>
    </message>
    <message>
        <source>Mark images with the star to keep them here.</source>
        <translation>用星标标记镜像，即可保存在这里。</translation>
    </message>
    <message>
        <source>Nothing matches.</source>
        <translation>没有匹配项。</translation>
    </message>
    <message>
        <source>Drag one onto an agent, an offer or the map; Return launches it.</source>
        <translation>将镜像拖到代理、资源提议或地图上；按回车启动。</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>镜像</translation>
    </message>
    <message>
        <source>Recent</source>
        <translation>最近</translation>
    </message>
    <message>
        <source>Favourites</source>
        <translation>收藏</translation>
    </message>
    <message>
        <source>Docker engine of this machine</source>
        <translation>本机的 Docker 引擎</translation>
    </message>
    <message>
        <source>Registry</source>
        <translation>镜像仓库</translation>
    </message>
    <message>
        <source>Where to look</source>
        <translation>查找位置</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Keep among the favourites, or not</source>
        <translation>加入或移出收藏</translation>
    </message>
    <message>
        <source>Favourite</source>
        <translation>收藏</translation>
    </message>
    <message>
        <source>Ask again</source>
        <translation>重新询问</translation>
    </message>
    <message>
        <source>It has no images.</source>
        <translation>没有镜像。</translation>
    </message>
</context>
<context>
    <name>meseta::console::IncidentDialog</name>
    <message>
        <source>Save an incident</source>
        <translation>保存事件档案</translation>
    </message>
    <message>
        <source>Saving…</source>
        <translation>正在保存…</translation>
    </message>
    <message>
        <source>The last 5 minutes</source>
        <translation>最近 5 分钟</translation>
    </message>
    <message>
        <source>The last 15 minutes</source>
        <translation>最近 15 分钟</translation>
    </message>
    <message>
        <source>The last hour</source>
        <translation>最近 1 小时</translation>
    </message>
    <message>
        <source>All that is recorded</source>
        <translation>全部录制内容</translation>
    </message>
    <message>
        <source>Which time</source>
        <translation>时间范围</translation>
    </message>
    <message>
        <source>What happened, in your words</source>
        <translation>用你的话描述发生了什么</translation>
    </message>
    <message>
        <source>What happened</source>
        <translation>发生了什么</translation>
    </message>
    <message>
        <source>One file that anyone with this console can open, without the cluster.</source>
        <translation>一个文件，任何有此控制台的人无需集群即可打开。</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>&amp;Save…</source>
        <translation>保存(&amp;S)…</translation>
    </message>
    <message numerus="yes">
        <source>In it: the cluster&apos;s state and %n event(s)</source>
        <translation>
            <numerusform>内容：集群状态和 %Ln 个事件</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>, %n note(s) of the console</source>
        <translation>
            <numerusform>，控制台的 %Ln 条通知</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>, %n change(s) of the leader</source>
        <translation>
            <numerusform>，%Ln 次主导者更替</numerusform>
        </translation>
    </message>
    <message>
        <source>, and your words.
Taken out: values of environment variables, secrets and credentials, data of frameworks and tasks, user names and passwords in addresses and commands. Names of hosts, frameworks, tasks and images stay in.</source>
        <translation>，以及你的描述。
已去除：环境变量的值、机密和凭据、框架和任务的数据、地址和命令中的用户名和密码。主机、框架、任务和镜像的名称会保留。</translation>
    </message>
    <message>
        <source>Incidents (*.incident)</source>
        <translation>事件档案 (*.incident)</translation>
    </message>
    <message>
        <source>From one moment to another</source>
        <translation>从某一时刻到另一时刻</translation>
    </message>
    <message>
        <source>From</source>
        <translation>从</translation>
    </message>
    <message>
        <source>Until</source>
        <translation>到</translation>
    </message>
    <message>
        <source>&amp;From</source>
        <translation>从(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;until</source>
        <translation>到(&amp;U)</translation>
    </message>
    <message>
        <source>It ends before it begins.</source>
        <translation>结束早于开始。</translation>
    </message>
</context>
<context>
    <name>meseta::console::IncidentNotes</name>
    <message>
        <source>About this incident</source>
        <translation>关于此事件档案</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>meseta::console::InspectorPanel</name>
    <message>
        <source>Back</source>
        <translation>后退</translation>
    </message>
    <message>
        <source>Forward</source>
        <translation>前进</translation>
    </message>
    <message>
        <source>Copy all of it as text</source>
        <translation>以文字复制全部内容</translation>
    </message>
    <message>
        <source>Close the inspector</source>
        <translation>关闭检查器</translation>
    </message>
    <message>
        <source>It is no more, or the master has forgotten it.</source>
        <translation>它已不存在，或主节点已将其遗忘。</translation>
    </message>
    <message>
        <source>Select something to see all about it.</source>
        <translation>选择一项以查看其全部信息。</translation>
    </message>
    <message>
        <source>Biography</source>
        <translation>经历</translation>
    </message>
    <message>
        <source>%1, for %2</source>
        <translation>%1，持续 %2</translation>
    </message>
    <message>
        <source>Recent events</source>
        <translation>最近事件</translation>
    </message>
</context>
<context>
    <name>meseta::console::LaunchDialog</name>
    <message>
        <source>Launch</source>
        <translation>启动</translation>
    </message>
    <message>
        <source>Review…</source>
        <translation>核对…</translation>
    </message>
    <message>
        <source>Launch containers</source>
        <translation>启动容器</translation>
    </message>
    <message>
        <source>Paste an image, a &quot;docker run&quot; line or a Compose file here</source>
        <translation>在此粘贴镜像、docker run 命令行或 Compose 文件</translation>
    </message>
    <message>
        <source>Paste</source>
        <translation>粘贴</translation>
    </message>
    <message>
        <source>Service</source>
        <translation>服务</translation>
    </message>
    <message>
        <source>Presets</source>
        <translation>预设</translation>
    </message>
    <message>
        <source>The task as JSON</source>
        <translation>任务的 JSON</translation>
    </message>
    <message>
        <source>The call as it will be sent</source>
        <translation>将要发送的调用</translation>
    </message>
    <message>
        <source>Show the &amp;JSON</source>
        <translation>显示 JSON(&amp;J)</translation>
    </message>
    <message numerus="yes">
        <source>Launch %n service(s)</source>
        <translation>
            <numerusform>启动 %Ln 个服务</numerusform>
        </translation>
    </message>
    <message>
        <source>JSON: %1</source>
        <translation>JSON：%1</translation>
    </message>
    <message numerus="yes">
        <source>Fits on %n agent(s) now</source>
        <translation>
            <numerusform>现在适合 %Ln 个代理</numerusform>
        </translation>
    </message>
    <message>
        <source>Fits nowhere now; it will wait for room (%1)</source>
        <translation>现在没有合适之处，将等待空间（%1）</translation>
    </message>
    <message>
        <source>There is no agent yet; it will wait for one</source>
        <translation>还没有代理，将等待代理出现</translation>
    </message>
    <message>
        <source>Fits on no agent: %1</source>
        <translation>没有合适的代理：%1</translation>
    </message>
    <message numerus="yes">
        <source>%n time(s), each on an offer that fits; the task and agent ids and the host ports come with it:</source>
        <translation>
            <numerusform>共 %Ln 次，每次用一个合适的资源提议；任务和代理的标识以及主机端口随之确定：</numerusform>
        </translation>
    </message>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
    <message>
        <source>Save as a preset…</source>
        <translation>保存为预设…</translation>
    </message>
    <message>
        <source>Remove a preset</source>
        <translation>删除预设</translation>
    </message>
    <message>
        <source>Name of the preset</source>
        <translation>预设名称</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>%1 CPUs</source>
        <translation>%1 CPU</translation>
    </message>
    <message>
        <source>Fits into the offer of %1 by %2</source>
        <translation>可放入 %2 的资源提议（%1）</translation>
    </message>
    <message>
        <source>More than the offer of %1 by %2 holds; it will wait for a larger one (%3)</source>
        <translation>超出 %2 的资源提议（%1）；将等待更大的提议（%3）</translation>
    </message>
    <message>
        <source>Save as a preset</source>
        <translation>另存为预设</translation>
    </message>
    <message>
        <source>Resources that are not reserved for %1 yet are reserved first, and stay so when the task has ended.</source>
        <translation>尚未为 %1 预留的资源会先行预留，并在任务结束后继续保留。</translation>
    </message>
</context>
<context>
    <name>meseta::console::LaunchDrops</name>
    <message>
        <source>any agent that fits</source>
        <translation>任何合适的代理</translation>
    </message>
    <message numerus="yes">
        <source>%n service(s)</source>
        <translation>
            <numerusform>%Ln 个服务</numerusform>
        </translation>
    </message>
    <message>
        <source>Launch %1 on %2</source>
        <translation>在 %2 上启动 %1</translation>
    </message>
    <message>
        <source>%1 on %2: %3</source>
        <translation>%1 于 %2：%3</translation>
    </message>
</context>
<context>
    <name>meseta::console::LaunchFramework</name>
    <message>
        <source>Waiting for an offer that fits</source>
        <translation>正在等待合适的资源邀约</translation>
    </message>
    <message>
        <source>Given up before an offer came</source>
        <translation>在收到邀约之前已放弃</translation>
    </message>
    <message>
        <source>the master sent a record that cannot be read</source>
        <translation>主节点发来了无法读取的记录</translation>
    </message>
    <message numerus="yes">
        <source>Waiting: %n offer(s) so far did not fit</source>
        <translation>
            <numerusform>等待中：到目前为止有 %Ln 个邀约不合适</numerusform>
        </translation>
    </message>
    <message>
        <source>Sent to %1</source>
        <translation>已发送到 %1</translation>
    </message>
    <message>
        <source>Waiting for the master: %1</source>
        <translation>正在等待主节点：%1</translation>
    </message>
    <message>
        <source>It could not be killed: %1</source>
        <translation>无法终止它：%1</translation>
    </message>
</context>
<context>
    <name>meseta::console::LocalCluster</name>
    <message>
        <source>%1 is neither beside the console nor in PATH.</source>
        <translation>控制台所在目录和 PATH 中都没有 %1。</translation>
    </message>
    <message>
        <source>The folder %1 cannot be made.</source>
        <translation>无法创建文件夹 %1。</translation>
    </message>
    <message>
        <source>The master did not answer within %1 s: %2</source>
        <translation>主节点 %1 秒内没有回应：%2</translation>
    </message>
    <message>
        <source>%1 ended: %2</source>
        <translation>%1 已结束：%2</translation>
    </message>
</context>
<context>
    <name>meseta::console::LogPane</name>
    <message>
        <source>Found</source>
        <translation>已找到</translation>
    </message>
    <message>
        <source>Not found</source>
        <translation>未找到</translation>
    </message>
    <message>
        <source>Searching at %1 of %2…</source>
        <translation>正在搜索 %1 / %2…</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Search the file</source>
        <translation>搜索文件</translation>
    </message>
    <message>
        <source>Search backward (Shift+F3)</source>
        <translation>向前搜索 (Shift+F3)</translation>
    </message>
    <message>
        <source>Search forward (F3)</source>
        <translation>向后搜索 (F3)</translation>
    </message>
    <message>
        <source>Follow the end of the file</source>
        <translation>跟随文件末尾</translation>
    </message>
    <message>
        <source>All files of the sandbox</source>
        <translation>沙箱中的所有文件</translation>
    </message>
    <message>
        <source>Keep this output beside the one that follows the selection</source>
        <translation>将此输出固定在随选择变化的输出旁边</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Output of the task</source>
        <translation>任务的输出</translation>
    </message>
    <message>
        <source>Output of %1</source>
        <translation>%1 的输出</translation>
    </message>
    <message>
        <source>Output</source>
        <translation>输出</translation>
    </message>
    <message>
        <source>Select a task to read its output.</source>
        <translation>选择一个任务以查看其输出。</translation>
    </message>
    <message>
        <source>Nothing was written yet.</source>
        <translation>还没有写入内容。</translation>
    </message>
    <message>
        <source>Its agent is not connected.</source>
        <translation>它的代理未连接。</translation>
    </message>
    <message>
        <source>Found, wrapped to the top</source>
        <translation>已找到（已绕回开头）</translation>
    </message>
    <message>
        <source>Found, wrapped to the bottom</source>
        <translation>已找到（已绕回末尾）</translation>
    </message>
</context>
<context>
    <name>meseta::console::MainWindow</name>
    <message>
        <source>Connect</source>
        <translation>连接</translation>
    </message>
    <message>
        <source>Not connected</source>
        <translation>未连接</translation>
    </message>
    <message>
        <source>Meseta console</source>
        <translation>Meseta 控制台</translation>
    </message>
    <message>
        <source>%1 – Meseta console</source>
        <translation>%1 – Meseta 控制台</translation>
    </message>
    <message>
        <source>&amp;Cluster</source>
        <translation>集群(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>视图(&amp;V)</translation>
    </message>
    <message>
        <source>Connect…</source>
        <translation>连接…</translation>
    </message>
    <message>
        <source>Launch…</source>
        <translation>启动任务…</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>页面</translation>
    </message>
    <message>
        <source>Starting…</source>
        <translation>正在启动…</translation>
    </message>
    <message>
        <source>Address of a master (host:port), or zk://host:port/path:</source>
        <translation>主节点地址（主机:端口），或 zk://主机:端口/路径：</translation>
    </message>
    <message>
        <source>Connecting…</source>
        <translation>正在连接…</translation>
    </message>
    <message>
        <source>Live, stock Mesos</source>
        <translation>实时，原版 Mesos</translation>
    </message>
    <message>
        <source>Live</source>
        <translation>实时</translation>
    </message>
    <message>
        <source>Connection lost</source>
        <translation>连接中断</translation>
    </message>
    <message>
        <source>%1, read-only</source>
        <translation>%1，只读</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>帮助(&amp;H)</translation>
    </message>
    <message>
        <source>Colours</source>
        <translation>配色</translation>
    </message>
    <message>
        <source>Start a local cluster</source>
        <translation>启动本地集群</translation>
    </message>
    <message>
        <source>Close this cluster</source>
        <translation>关闭此集群</translation>
    </message>
    <message>
        <source>Read-only</source>
        <translation>只读</translation>
    </message>
    <message>
        <source>Search or act…</source>
        <translation>搜索或操作…</translation>
    </message>
    <message>
        <source>Filter the table</source>
        <translation>筛选表格</translation>
    </message>
    <message>
        <source>Read everything anew</source>
        <translation>重新读取全部</translation>
    </message>
    <message>
        <source>Show or hide the inspector</source>
        <translation>显示或隐藏检查器</translation>
    </message>
    <message>
        <source>Show or hide the output</source>
        <translation>显示或隐藏输出</translation>
    </message>
    <message>
        <source>Settings…</source>
        <translation>设置…</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>键盘快捷键</translation>
    </message>
    <message>
        <source>About Meseta</source>
        <translation>关于 Meseta</translation>
    </message>
    <message>
        <source>Light colours</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark colours</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Colours of the system</source>
        <translation>跟随系统配色</translation>
    </message>
    <message>
        <source>Open a recording</source>
        <translation>打开录制</translation>
    </message>
    <message>
        <source>A recording</source>
        <translation>录制</translation>
    </message>
    <message>
        <source>Open a recording…</source>
        <translation>打开录制…</translation>
    </message>
    <message>
        <source>Go back in time</source>
        <translation>回看过去</translation>
    </message>
    <message>
        <source>Show or hide the shelf of images</source>
        <translation>显示或隐藏镜像架</translation>
    </message>
    <message>
        <source>%1 was lost (%2)</source>
        <translation>与 %1 的连接中断（%2）</translation>
    </message>
    <message>
        <source>; %1 was found after %2</source>
        <translation>；%2 后找到 %1</translation>
    </message>
    <message>
        <source>; registry read %1 after the election</source>
        <translation>；选举后 %1 读完注册表</translation>
    </message>
    <message>
        <source>; all agents back %1 after it</source>
        <translation>；%1 后全部代理恢复</translation>
    </message>
    <message>
        <source>Nothing was recorded yet.</source>
        <translation>还没有录制任何内容。</translation>
    </message>
    <message>
        <source>Saved as %1.</source>
        <translation>已保存为 %1。</translation>
    </message>
    <message>
        <source>Kill the selected tasks…</source>
        <translation>终止所选任务…</translation>
    </message>
    <message>
        <source>Restart the selected tasks…</source>
        <translation>重启所选任务…</translation>
    </message>
    <message>
        <source>Undo, or do what the newest message offers</source>
        <translation>撤销，或执行最新消息提供的操作</translation>
    </message>
    <message>
        <source>Save an incident…</source>
        <translation>保存事件档案…</translation>
    </message>
    <message>
        <source>Recordings and incidents (*.events *.incident);;All files (*)</source>
        <translation>录制和事件档案 (*.events *.incident);;所有文件 (*)</translation>
    </message>
    <message>
        <source>About this incident</source>
        <translation>关于此事件档案</translation>
    </message>
</context>
<context>
    <name>meseta::console::MapPage</name>
    <message>
        <source>Map</source>
        <translation>地图</translation>
    </message>
    <message>
        <source>Colour by</source>
        <translation>着色依据</translation>
    </message>
    <message>
        <source>CPUs allocated</source>
        <translation>已分配 CPU</translation>
    </message>
    <message>
        <source>Memory allocated</source>
        <translation>已分配内存</translation>
    </message>
    <message>
        <source>Disk allocated</source>
        <translation>已分配磁盘</translation>
    </message>
    <message>
        <source>CPUs on offer</source>
        <translation>提议中的 CPU</translation>
    </message>
    <message>
        <source>Number of tasks</source>
        <translation>任务数</translation>
    </message>
    <message>
        <source>Map of the agents</source>
        <translation>代理地图</translation>
    </message>
    <message>
        <source>One tile an agent; rest on one to light what belongs together.</source>
        <translation>每个方块是一个代理；悬停可点亮与之相关的代理。</translation>
    </message>
    <message>
        <source>No agents are registered.</source>
        <translation>没有代理注册。</translation>
    </message>
</context>
<context>
    <name>meseta::console::MasterSession</name>
    <message>
        <source>the masters redirect to each other</source>
        <translation>各主节点互相重定向</translation>
    </message>
    <message>
        <source>%1 answered %2 %3</source>
        <translation>%1 返回了 %2 %3</translation>
    </message>
    <message>
        <source>the master sent a record that cannot be read</source>
        <translation>主节点发来了无法读取的记录</translation>
    </message>
    <message>
        <source>the master&apos;s answer cannot be read</source>
        <translation>无法读取主节点的应答</translation>
    </message>
    <message>
        <source>no master leads now</source>
        <translation>目前没有主节点主导</translation>
    </message>
    <message>
        <source>%1 does not lead any more</source>
        <translation>%1 已不再是主节点</translation>
    </message>
    <message>
        <source>%1 sends elsewhere, but to no address</source>
        <translation>%1 要求转到别处，但未给出地址</translation>
    </message>
</context>
<context>
    <name>meseta::console::MessageRow</name>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>meseta::console::NoticeButton</name>
    <message>
        <source>Notices</source>
        <translation>通知</translation>
    </message>
    <message>
        <source>Nothing was told yet</source>
        <translation>还没有通知</translation>
    </message>
</context>
<context>
    <name>meseta::console::OverviewPage</name>
    <message>
        <source>CPUs</source>
        <translation>CPU</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>Disk</source>
        <translation>磁盘</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 / %2</translation>
    </message>
    <message numerus="yes">
        <source>%n agent(s)</source>
        <translation>
            <numerusform>%Ln 个代理</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n framework(s)</source>
        <translation>
            <numerusform>%Ln 个框架</numerusform>
        </translation>
    </message>
    <message>
        <source>Overview</source>
        <translation>总览</translation>
    </message>
    <message>
        <source>Tasks</source>
        <translation>任务</translation>
    </message>
    <message>
        <source>Share of the CPUs, last minutes</source>
        <translation>最近几分钟的 CPU 份额</translation>
    </message>
    <message>
        <source>What happened last</source>
        <translation>最近发生</translation>
    </message>
    <message>
        <source>allocated</source>
        <translation>已分配</translation>
    </message>
    <message>
        <source>on offer</source>
        <translation>提议中</translation>
    </message>
    <message>
        <source>Nothing has happened since the console connected.</source>
        <translation>控制台连接以来没有发生任何事件。</translation>
    </message>
    <message>
        <source>%1 on offer, %2 free</source>
        <translation>提议中 %1，空闲 %2</translation>
    </message>
    <message numerus="yes">
        <source>%n not active</source>
        <translation>
            <numerusform>%Ln 个不活动</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n offer(s) outstanding</source>
        <translation>
            <numerusform>%Ln 个未决的资源提议</numerusform>
        </translation>
    </message>
    <message>
        <source>led by %1</source>
        <translation>由 %1 主导</translation>
    </message>
    <message>
        <source>, %1 in use</source>
        <translation>，使用中 %1</translation>
    </message>
    <message>
        <source> (%1 of %2 agents)</source>
        <translation>（%2 个代理中的 %1 个）</translation>
    </message>
    <message>
        <source>loading tasks: %1 of %2</source>
        <translation>正在载入任务：%1 / %2</translation>
    </message>
    <message>
        <source>Launch a container…</source>
        <translation>启动容器…</translation>
    </message>
</context>
<context>
    <name>meseta::console::RequestForm</name>
    <message>
        <source> s</source>
        <translation> 秒</translation>
    </message>
    <message>
        <source>Container</source>
        <translation>容器</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>网络</translation>
    </message>
    <message>
        <source>Volumes and options</source>
        <translation>卷与选项</translation>
    </message>
    <message>
        <source>Health</source>
        <translation>健康</translation>
    </message>
    <message>
        <source>Placement</source>
        <translation>放置</translation>
    </message>
    <message>
        <source>&amp;Image</source>
        <translation>镜像(&amp;I)</translation>
    </message>
    <message>
        <source>library/redis, registry:5000/name:tag</source>
        <translation>library/redis、registry:5000/名称:标签</translation>
    </message>
    <message>
        <source>&amp;Name</source>
        <translation>名称(&amp;N)</translation>
    </message>
    <message>
        <source>from the image</source>
        <translation>取自镜像</translation>
    </message>
    <message>
        <source>Run &amp;with</source>
        <translation>运行方式(&amp;W)</translation>
    </message>
    <message>
        <source>Docker engine</source>
        <translation>Docker 引擎</translation>
    </message>
    <message>
        <source>Mesos containerizer, without an engine</source>
        <translation>Mesos 容器化器，不需要引擎</translation>
    </message>
    <message>
        <source>&amp;CPUs</source>
        <translation>CPU(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Memory</source>
        <translation>内存(&amp;M)</translation>
    </message>
    <message>
        <source> MiB</source>
        <translation> MiB</translation>
    </message>
    <message>
        <source>&amp;Disk</source>
        <translation>磁盘(&amp;D)</translation>
    </message>
    <message>
        <source>CPUs</source>
        <translation>CPU</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>Disk</source>
        <translation>磁盘</translation>
    </message>
    <message>
        <source>C&amp;ommand</source>
        <translation>命令(&amp;O)</translation>
    </message>
    <message>
        <source>the image&apos;s own</source>
        <translation>镜像自带的命令</translation>
    </message>
    <message>
        <source>Run it as a line of the shell</source>
        <translation>作为 shell 命令行运行</translation>
    </message>
    <message>
        <source>&amp;Environment</source>
        <translation>环境变量(&amp;E)</translation>
    </message>
    <message>
        <source>NAME=value, one a line</source>
        <translation>名称=值，每行一个</translation>
    </message>
    <message>
        <source>&amp;User</source>
        <translation>用户(&amp;U)</translation>
    </message>
    <message>
        <source>the image&apos;s own user</source>
        <translation>镜像自带的用户</translation>
    </message>
    <message>
        <source>Pull the image even if the agent has it</source>
        <translation>即使代理已有镜像也重新拉取</translation>
    </message>
    <message>
        <source>Net&amp;work</source>
        <translation>网络(&amp;W)</translation>
    </message>
    <message>
        <source>Host</source>
        <translation>主机</translation>
    </message>
    <message>
        <source>Bridge</source>
        <translation>桥接</translation>
    </message>
    <message>
        <source>None</source>
        <translation>无</translation>
    </message>
    <message>
        <source>A named one</source>
        <translation>指定名称的网络</translation>
    </message>
    <message>
        <source>Its na&amp;me</source>
        <translation>网络名称(&amp;M)</translation>
    </message>
    <message>
        <source>&amp;Ports</source>
        <translation>端口(&amp;P)</translation>
    </message>
    <message>
        <source>8080:80, 6379, 53/udp; without a host port the offer&apos;s are taken</source>
        <translation>8080:80、6379、53/udp；不写主机端口时由资源提议决定</translation>
    </message>
    <message>
        <source>&amp;Hostname</source>
        <translation>主机名(&amp;H)</translation>
    </message>
    <message>
        <source>&amp;Volumes</source>
        <translation>卷(&amp;V)</translation>
    </message>
    <message>
        <source>/on/the/agent:/in/the/container[:ro], one a line</source>
        <translation>/代理上的路径:/容器内的路径[:ro]，每行一个</translation>
    </message>
    <message>
        <source>O&amp;ptions</source>
        <translation>选项(&amp;P)</translation>
    </message>
    <message>
        <source>options of docker run: cap-add=NET_ADMIN, one a line</source>
        <translation>docker run 的选项：cap-add=NET_ADMIN，每行一个</translation>
    </message>
    <message>
        <source>Privileged: all the powers of the host</source>
        <translation>特权：拥有主机的全部权限</translation>
    </message>
    <message>
        <source>C&amp;heck</source>
        <translation>检查(&amp;H)</translation>
    </message>
    <message>
        <source>A command that must succeed</source>
        <translation>必须成功的命令</translation>
    </message>
    <message>
        <source>An HTTP answer of 200 to 399</source>
        <translation>200 到 399 的 HTTP 回应</translation>
    </message>
    <message>
        <source>A TCP connection</source>
        <translation>TCP 连接</translation>
    </message>
    <message>
        <source>&amp;Port</source>
        <translation>端口(&amp;P)</translation>
    </message>
    <message>
        <source>P&amp;ath</source>
        <translation>路径(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;Every</source>
        <translation>间隔(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;Timeout</source>
        <translation>超时(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;Grace at the start</source>
        <translation>启动宽限(&amp;G)</translation>
    </message>
    <message>
        <source>Killed after failures in a &amp;row</source>
        <translation>连续失败几次后终止(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Instances</source>
        <translation>实例数(&amp;I)</translation>
    </message>
    <message>
        <source>&amp;Agent</source>
        <translation>代理(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;Role</source>
        <translation>角色(&amp;R)</translation>
    </message>
    <message>
        <source>R&amp;ules</source>
        <translation>规则(&amp;U)</translation>
    </message>
    <message>
        <source>rack = r1, rack != r2, rack ~ r[12] or hostname unique, one a line</source>
        <translation>rack = r1、rack != r2、rack ~ r[12] 或 hostname unique，每行一个</translation>
    </message>
    <message>
        <source>Any that fits</source>
        <translation>任何合适的代理</translation>
    </message>
    <message>
        <source>%1 (%2 CPUs, %3 free)</source>
        <translation>%1（%2 个 CPU，空闲 %3）</translation>
    </message>
    <message>
        <source>Environment</source>
        <translation>环境变量</translation>
    </message>
    <message>
        <source>Options</source>
        <translation>选项</translation>
    </message>
    <message>
        <source>Parts of the form</source>
        <translation>表单的各部分</translation>
    </message>
    <message>
        <source>Reserve its CPUs, memory and disk for the role</source>
        <translation>为该角色预留其 CPU、内存和磁盘</translation>
    </message>
    <message>
        <source>They stay reserved when the task has ended, until somebody chooses Unreserve on the agent.</source>
        <translation>任务结束后它们仍被预留，直到有人在该代理上选择“取消预留”。</translation>
    </message>
</context>
<context>
    <name>meseta::console::RiverChart</name>
    <message>
        <source>Held</source>
        <translation>持有中</translation>
    </message>
    <message>
        <source>Made</source>
        <translation>已提出</translation>
    </message>
    <message>
        <source>Accepted</source>
        <translation>已接受</translation>
    </message>
    <message>
        <source>Declined</source>
        <translation>已拒绝</translation>
    </message>
    <message>
        <source>Taken back</source>
        <translation>已收回</translation>
    </message>
    <message>
        <source>Held for over a minute</source>
        <translation>持有超过一分钟</translation>
    </message>
    <message>
        <source>No offers were made lately.</source>
        <translation>最近没有资源提议。</translation>
    </message>
    <message>
        <source>%1, %2: held %3 (over a minute: %4), made %5, accepted %6, declined %7, taken back %8</source>
        <translation>%1，%2：持有 %3（超过一分钟：%4），提出 %5，接受 %6，拒绝 %7，收回 %8</translation>
    </message>
</context>
<context>
    <name>meseta::console::RiverPanel</name>
    <message>
        <source>The river of offers</source>
        <translation>提议之河</translation>
    </message>
    <message>
        <source>by framework</source>
        <translation>按框架</translation>
    </message>
    <message>
        <source>by role</source>
        <translation>按角色</translation>
    </message>
    <message>
        <source>2 minutes</source>
        <translation>2 分钟</translation>
    </message>
    <message>
        <source>10 minutes</source>
        <translation>10 分钟</translation>
    </message>
    <message>
        <source>1 hour</source>
        <translation>1 小时</translation>
    </message>
    <message>
        <source>Which offers</source>
        <translation>哪些提议</translation>
    </message>
    <message>
        <source>Whose</source>
        <translation>属于谁</translation>
    </message>
    <message>
        <source>How long back</source>
        <translation>回看多久</translation>
    </message>
</context>
<context>
    <name>meseta::console::SandboxDialog</name>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Save…</source>
        <translation>保存…</translation>
    </message>
    <message>
        <source>Sandbox of %1</source>
        <translation>%1 的沙箱</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Changed</source>
        <translation>修改时间</translation>
    </message>
    <message>
        <source>Mode</source>
        <translation>模式</translation>
    </message>
    <message>
        <source>The sandbox is empty.</source>
        <translation>沙箱是空的。</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Saved to %1</source>
        <translation>已保存到 %1</translation>
    </message>
    <message>
        <source>Saving: %1 of %2</source>
        <translation>正在保存：%1 / %2</translation>
    </message>
    <message>
        <source>Select a file to see how it begins.</source>
        <translation>选择一个文件以查看其开头。</translation>
    </message>
    <message>
        <source>Beginning of the file</source>
        <translation>文件开头</translation>
    </message>
    <message numerus="yes">
        <source>%n more file(s) of %1 are not shown.</source>
        <translation>
            <numerusform>%1 中还有 %Ln 个文件未显示。</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>meseta::console::SettingsDialog</name>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Like the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>%1 %</source>
        <translation>%1%</translation>
    </message>
    <message>
        <source>&amp;Language</source>
        <translation>语言(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;Colours</source>
        <translation>配色(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Size of text</source>
        <translation>文字大小(&amp;S)</translation>
    </message>
    <message>
        <source>Tell the desktop of troubles</source>
        <translation>用桌面通知报告故障</translation>
    </message>
    <message>
        <source>Only while the console is not in front.</source>
        <translation>仅当控制台不在前台时。</translation>
    </message>
    <message>
        <source>Asked on the page of masters where a ZooKeeper server does not take the words mntr and cons. One port for all (8080 is the default), then server=port for those that differ.</source>
        <translation>当 ZooKeeper 服务器不接受 mntr 和 cons 命令时，主节点页会询问这些端口。先写所有服务器共用的端口（默认 8080），再用“服务器=端口”写出不同的。</translation>
    </message>
    <message>
        <source>Ports of ZooKeeper&apos;s &amp;AdminServers</source>
        <translation>ZooKeeper AdminServer 的端口(&amp;A)</translation>
    </message>
</context>
<context>
    <name>meseta::console::ShortcutsDialog</name>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>键盘快捷键</translation>
    </message>
    <message>
        <source>Return</source>
        <translation>回车</translation>
    </message>
    <message>
        <source>Show all about the selected row</source>
        <translation>显示所选行的全部信息</translation>
    </message>
    <message>
        <source>Tab</source>
        <translation>Tab</translation>
    </message>
    <message>
        <source>Take the first completion of a filter</source>
        <translation>采用筛选的第一个补全</translation>
    </message>
    <message>
        <source>Esc</source>
        <translation>Esc</translation>
    </message>
    <message>
        <source>Clear the filter, leave the palette or a dialog</source>
        <translation>清除筛选，离开命令面板或对话框</translation>
    </message>
</context>
<context>
    <name>meseta::console::TablePage</name>
    <message>
        <source>Nothing matches the filter.</source>
        <translation>没有符合筛选条件的内容。</translation>
    </message>
    <message>
        <source>Copy selected rows</source>
        <translation>复制所选行</translation>
    </message>
    <message>
        <source>Export as CSV…</source>
        <translation>导出为 CSV…</translation>
    </message>
    <message>
        <source>Export as JSON…</source>
        <translation>导出为 JSON…</translation>
    </message>
    <message>
        <source>Columns</source>
        <translation>列</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>%1 cannot be written: %2</source>
        <translation>无法写入 %1：%2</translation>
    </message>
    <message numerus="yes">
        <source>%n match(es)</source>
        <translation>
            <numerusform>%Ln 项匹配</numerusform>
        </translation>
    </message>
    <message>
        <source>Columns, copy and export</source>
        <translation>列、复制与导出</translation>
    </message>
    <message>
        <source>Which rows</source>
        <translation>哪些行</translation>
    </message>
    <message numerus="yes">
        <source>%1, %n selected</source>
        <translation>
            <numerusform>%1，已选 %Ln 个</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>meseta::console::TerminalDialog</name>
    <message>
        <source>A shell in the container of %1 on %2. It ends when this window is closed.</source>
        <translation>%2 上 %1 的容器中的 shell。关闭此窗口即结束。</translation>
    </message>
    <message>
        <source>The shell has ended.</source>
        <translation>shell 已结束。</translation>
    </message>
    <message>
        <source>There is no shell: %1.</source>
        <translation>没有 shell：%1。</translation>
    </message>
    <message>
        <source>A shell is being opened…</source>
        <translation>正在打开 shell…</translation>
    </message>
    <message>
        <source>Terminal: %1</source>
        <translation>终端：%1</translation>
    </message>
    <message>
        <source>Terminal in the container of %1</source>
        <translation>%1 的容器中的终端</translation>
    </message>
    <message>
        <source>Ctrl+Shift+F6 leaves it.</source>
        <translation>Ctrl+Shift+F6 可离开。</translation>
    </message>
    <message>
        <source>Ctrl+Shift+C copies, Ctrl+Shift+V pastes, Shift+Page Up scrolls, Ctrl+Shift+F6 leaves the terminal.</source>
        <translation>Ctrl+Shift+C 复制，Ctrl+Shift+V 粘贴，Shift+Page Up 滚动，Ctrl+Shift+F6 离开终端。</translation>
    </message>
    <message>
        <source>C&amp;ommand</source>
        <translation>命令(&amp;O)</translation>
    </message>
    <message>
        <source>Open &amp;again</source>
        <translation>再次打开(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;Close</source>
        <translation>关闭(&amp;C)</translation>
    </message>
</context>
<context>
    <name>meseta::console::TerminalView</name>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Paste</source>
        <translation>粘贴</translation>
    </message>
    <message>
        <source>Select all</source>
        <translation>全选</translation>
    </message>
</context>
<context>
    <name>meseta::console::TimeBar</name>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>播放</translation>
    </message>
    <message>
        <source>One event back</source>
        <translation>后退一个事件</translation>
    </message>
    <message>
        <source>One event on</source>
        <translation>前进一个事件</translation>
    </message>
    <message>
        <source>How fast it is played</source>
        <translation>播放速度</translation>
    </message>
    <message>
        <source>The moment that is shown</source>
        <translation>所显示的时刻</translation>
    </message>
</context>
<context>
    <name>meseta::console::UsageCard</name>
    <message>
        <source>In use</source>
        <translation>使用情况</translation>
    </message>
    <message>
        <source>CPUs: %1 of %2</source>
        <translation>CPU：%1 / %2</translation>
    </message>
    <message>
        <source>CPUs: %1</source>
        <translation>CPU：%1</translation>
    </message>
    <message>
        <source>Memory: %1 of %2</source>
        <translation>内存：%1 / %2</translation>
    </message>
    <message>
        <source>Memory: %1</source>
        <translation>内存：%1</translation>
    </message>
</context>
<context>
    <name>meseta::console::WelcomePage</name>
    <message>
        <source>Welcome to Meseta</source>
        <translation>欢迎使用 Meseta</translation>
    </message>
    <message>
        <source>See everything in a cluster, live, and launch a container on it.</source>
        <translation>实时查看集群中的一切，并在其上启动容器。</translation>
    </message>
    <message>
        <source>Start a local cluster</source>
        <translation>启动本地集群</translation>
    </message>
    <message>
        <source>A master and two agents on this machine, in a folder of their own. They end when the console does.</source>
        <translation>在本机启动一个主节点和两个代理，使用独立的文件夹；控制台退出时它们也会结束。</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>启动</translation>
    </message>
    <message>
        <source>Connect to a cluster</source>
        <translation>连接到集群</translation>
    </message>
    <message>
        <source>The address of a master, of Meseta or of Apache Mesos. Any master of a cluster will do, or its zk:// address; the leader is found from there.</source>
        <translation>Meseta 或 Apache Mesos 主节点的地址。集群中的任一主节点或其 zk:// 地址均可，控制台会由此找到主导者。</translation>
    </message>
    <message>
        <source>Address of a master</source>
        <translation>主节点地址</translation>
    </message>
    <message>
        <source>Connect</source>
        <translation>连接</translation>
    </message>
    <message>
        <source>Clusters of before</source>
        <translation>以前的集群</translation>
    </message>
</context>
<context>
    <name>meseta::console::WhatIfDialog</name>
    <message>
        <source>What if?</source>
        <translation>假设分析</translation>
    </message>
    <message>
        <source>Hypothetical: nothing here is sent to the master.</source>
        <translation>仅为假设：这里的内容不会发送给主节点。</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>&amp;Add a role</source>
        <translation>添加角色(&amp;A)</translation>
    </message>
    <message>
        <source>As it &amp;is</source>
        <translation>恢复现状(&amp;I)</translation>
    </message>
    <message>
        <source>Role</source>
        <translation>角色</translation>
    </message>
    <message>
        <source>Weight</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>Tasks at most</source>
        <translation>任务上限</translation>
    </message>
    <message>
        <source>Share now</source>
        <translation>现在的份额</translation>
    </message>
    <message>
        <source>Share then</source>
        <translation>届时的份额</translation>
    </message>
    <message>
        <source>Roles, and what would follow</source>
        <translation>角色及结果</translation>
    </message>
    <message>
        <source>A role needs a name that no other has.</source>
        <translation>角色需要一个不重复的名称。</translation>
    </message>
    <message>
        <source>&quot;%1&quot; is no amount; %2</source>
        <translation>“%1”不是数量；%2</translation>
    </message>
    <message>
        <source>a weight is above 0.</source>
        <translation>权重要大于 0。</translation>
    </message>
    <message>
        <source>write a number, or nothing for none.</source>
        <translation>请写一个数字，没有则留空。</translation>
    </message>
    <message numerus="yes">
        <source>%n task(s)</source>
        <translation>
            <numerusform>%Ln 个任务</numerusform>
        </translation>
    </message>
    <message>
        <source>Change weights, quotas and what a task of a role takes, or add a role. The last column tells the share of the cluster that each role would end up with, if all were filled up again task by task, as the master&apos;s own allocator decides; fragments are left out of account. Amounts are written like cpus:2 mem:1GiB disk:10GiB gpus:1.</source>
        <translation>修改权重、配额和各角色每个任务的用量，或添加角色。最后一列显示若按主节点自己的分配器逐个任务重新填满，各角色最终占集群的份额；不考虑碎片。用量写成 cpus:2 mem:1GiB disk:10GiB gpus:1 的形式。</translation>
    </message>
    <message>
        <source>A task takes</source>
        <translation>每任务用量</translation>
    </message>
    <message>
        <source>Guaranteed</source>
        <translation>保证</translation>
    </message>
    <message>
        <source>Limit</source>
        <translation>上限</translation>
    </message>
</context>
<context>
    <name>meseta::console::WhyDialog</name>
    <message>
        <source>Why is nothing offered of %1?</source>
        <translation>为什么没有提供 %1 的资源？</translation>
    </message>
    <message>
        <source>Why does %1 get no offer?</source>
        <translation>为什么 %1 没有收到资源提议？</translation>
    </message>
    <message>
        <source>Why does the role %1 get no offer?</source>
        <translation>为什么角色 %1 没有收到资源提议？</translation>
    </message>
    <message>
        <source>Decisions of the allocator</source>
        <translation>分配器的决定</translation>
    </message>
    <message>
        <source>Ask again</source>
        <translation>重新询问</translation>
    </message>
    <message>
        <source>This master is a stock Mesos one: it decides without recording why, so there is nothing to ask.</source>
        <translation>这是原版 Mesos 主节点：它做决定时不记录原因，因此无从询问。</translation>
    </message>
    <message>
        <source>The master is not connected.</source>
        <translation>主节点未连接。</translation>
    </message>
    <message>
        <source>Asking the allocator…</source>
        <translation>正在询问分配器…</translation>
    </message>
    <message>
        <source>The master could not be asked: %1</source>
        <translation>无法询问主节点：%1</translation>
    </message>
    <message>
        <source>%1 · %2
%3</source>
        <translation>%1 · %2
%3</translation>
    </message>
    <message>
        <source>The allocator has not looked at it yet: no framework wants offers, or no agent is registered.</source>
        <translation>分配器尚未考察过它：没有框架需要资源提议，或没有代理注册。</translation>
    </message>
    <message numerus="yes">
        <source>%1: %n pair(s)</source>
        <translation>
            <numerusform>%1：%Ln 对</numerusform>
        </translation>
    </message>
    <message>
        <source>As of %1</source>
        <translation>截至 %1</translation>
    </message>
</context>
<context>
    <name>meseta::console::WrapLabel</name>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
</context>
</TS>
