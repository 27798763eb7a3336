<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>LaunchRequest</name>
    <message>
        <source>Name an image, for example library/redis.</source>
        <translation>请填写镜像，例如 library/redis。</translation>
    </message>
    <message>
        <source>“%1” is not the name of an image; it looks like registry/name:tag.</source>
        <translation>“%1”不是镜像名称；镜像名称的形式是 仓库/名称:标签。</translation>
    </message>
    <message>
        <source>The name must be shorter than 200 characters and hold no “/”.</source>
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
</context>
<context>
    <name>MasterAddress</name>
    <message>
        <source>“%1” names a ZooKeeper ensemble; give the master itself as host:port.</source>
        <translation>“%1”是 ZooKeeper 集群的地址；请直接给出主节点，格式为 主机:端口。</translation>
    </message>
    <message>
        <source>“%1” is not the address of a master; write it as host:port, for example localhost:5050.</source>
        <translation>“%1”不是主节点地址；请写成 主机:端口，例如 localhost:5050。</translation>
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
        <source>Since</source>
        <translation>自</translation>
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
        <source>The page to open: 1 to 4.</source>
        <translation>要打开的页面：1 到 4。</translation>
    </message>
    <message>
        <source>Draw the window to this file and end.</source>
        <translation>把窗口画到该文件后退出。</translation>
    </message>
</context>
<context>
    <name>meseta::console::ConnectionBanner</name>
    <message numerus="yes">
        <source>%1 is not connected: %2. What is shown is %n second(s) old.</source>
        <translation><numerusform>%1 未连接：%2。显示的是 %n 秒前的内容。</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>Next try in %n s.</source>
        <translation><numerusform>%n 秒后重试。</numerusform></translation>
    </message>
    <message>
        <source>Trying…</source>
        <translation>正在重试…</translation>
    </message>
    <message>
        <source>Try now</source>
        <translation>立即重试</translation>
    </message>
</context>
<context>
    <name>meseta::console::EventStream</name>
    <message numerus="yes">
        <source>nothing was heard for %n second(s)</source>
        <translation><numerusform>已有 %n 秒没有收到任何数据</numerusform></translation>
    </message>
    <message>
        <source>the master closed the connection</source>
        <translation>主节点关闭了连接</translation>
    </message>
</context>
<context>
    <name>meseta::console::LaunchDialog</name>
    <message>
        <source>Pull the image even if the agent has it</source>
        <translation>即使代理上已有该镜像也重新拉取</translation>
    </message>
    <message>
        <source>Launch</source>
        <translation>启动</translation>
    </message>
    <message>
        <source>Launch a Docker task</source>
        <translation>启动 Docker 任务</translation>
    </message>
    <message>
        <source>library/redis, registry:5000/name:tag</source>
        <translation>library/redis，仓库:5000/名称:标签</translation>
    </message>
    <message>
        <source>from the image</source>
        <translation>取自镜像</translation>
    </message>
    <message>
        <source> MiB</source>
        <translation> MiB</translation>
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
        <source>container ports: 6379, 53/udp</source>
        <translation>容器端口：6379, 53/udp</translation>
    </message>
    <message>
        <source>the image&apos;s own</source>
        <translation>使用镜像自带的命令</translation>
    </message>
    <message>
        <source>NAME=value, one a line</source>
        <translation>变量名=值，每行一个</translation>
    </message>
    <message>
        <source>&amp;Image</source>
        <translation>镜像(&amp;I)</translation>
    </message>
    <message>
        <source>&amp;Name</source>
        <translation>名称(&amp;N)</translation>
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
        <source>Net&amp;work</source>
        <translation>网络(&amp;W)</translation>
    </message>
    <message>
        <source>&amp;Ports</source>
        <translation>端口(&amp;P)</translation>
    </message>
    <message>
        <source>C&amp;ommand</source>
        <translation>命令(&amp;O)</translation>
    </message>
    <message>
        <source>&amp;Environment</source>
        <translation>环境变量(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;Agent</source>
        <translation>代理(&amp;A)</translation>
    </message>
    <message>
        <source>Any that fits</source>
        <translation>任何合适的代理</translation>
    </message>
    <message>
        <source>%1 (%2 CPUs, %3 free)</source>
        <translation>%1（空闲 %2 CPU，%3）</translation>
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
        <translation><numerusform>等待中：到目前为止有 %n 个邀约不合适</numerusform></translation>
    </message>
    <message>
        <source>Sent to %1</source>
        <translation>已发送到 %1</translation>
    </message>
    <message>
        <source>Waiting for the master: %1</source>
        <translation>正在等待主节点：%1</translation>
    </message>
</context>
<context>
    <name>meseta::console::LogPanel</name>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Follow</source>
        <translation>跟随</translation>
    </message>
    <message>
        <source>Select a task to read its output.</source>
        <translation>选择一个任务以查看其输出。</translation>
    </message>
    <message>
        <source>Output of the task</source>
        <translation>任务的输出</translation>
    </message>
    <message>
        <source>Output</source>
        <translation>输出</translation>
    </message>
    <message>
        <source>Output of %1</source>
        <translation>%1 的输出</translation>
    </message>
    <message>
        <source>Its agent is not connected.</source>
        <translation>它所在的代理未连接。</translation>
    </message>
    <message>
        <source>Nothing was written yet.</source>
        <translation>还没有任何输出。</translation>
    </message>
</context>
<context>
    <name>meseta::console::LogTail</name>
    <message>
        <source>There is no such file (yet).</source>
        <translation>（目前）没有该文件。</translation>
    </message>
    <message>
        <source>The agent answered %1.</source>
        <translation>代理返回了 %1。</translation>
    </message>
</context>
<context>
    <name>meseta::console::MainWindow</name>
    <message>
        <source>%1 belongs to another framework (%2); only that one can kill it.</source>
        <translation>%1 属于另一个框架（%2），只有该框架才能终止它。</translation>
    </message>
    <message>
        <source>Kill a task</source>
        <translation>终止任务</translation>
    </message>
    <message>
        <source>Kill %1 on %2?</source>
        <translation>要终止 %2 上的 %1 吗？</translation>
    </message>
    <message>
        <source>Kill</source>
        <translation>终止</translation>
    </message>
    <message>
        <source>Connect</source>
        <translation>连接</translation>
    </message>
    <message>
        <source>Address of a master (host:port):</source>
        <translation>主节点地址（主机:端口）：</translation>
    </message>
    <message>
        <source>Not connected</source>
        <translation>未连接</translation>
    </message>
    <message>
        <source>Connecting to %1…</source>
        <translation>正在连接 %1…</translation>
    </message>
    <message>
        <source>Live, %1 (offers are polled)</source>
        <translation>实时，%1（邀约为轮询）</translation>
    </message>
    <message>
        <source>Live, %1</source>
        <translation>实时，%1</translation>
    </message>
    <message>
        <source>Lost, %1</source>
        <translation>连接已断开，%1</translation>
    </message>
    <message>
        <source>Cluster</source>
        <translation>集群</translation>
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
        <source>&amp;Language</source>
        <translation>语言(&amp;L)</translation>
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
        <source>Kill…</source>
        <translation>终止…</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
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
        <translation>资源邀约</translation>
    </message>
    <message>
        <source>Frameworks</source>
        <translation>框架</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>页面</translation>
    </message>
    <message>
        <source>No tasks yet. Launch one with Ctrl+L, or with mesos-execute.</source>
        <translation>还没有任务。按 Ctrl+L 或使用 mesos-execute 启动一个。</translation>
    </message>
    <message>
        <source>No agents. Start one with: mesos-agent --master=%1 --work_dir=…</source>
        <translation>没有代理。用以下命令启动一个：mesos-agent --master=%1 --work_dir=…</translation>
    </message>
    <message>
        <source>No offers are outstanding: no framework is waiting for resources.</source>
        <translation>目前没有未处理的邀约：没有框架在等待资源。</translation>
    </message>
    <message>
        <source>No frameworks are subscribed.</source>
        <translation>没有已订阅的框架。</translation>
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
        <source>Bars: in use, then on offer</source>
        <translation>进度条：已使用，其次为邀约中</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 / %2</translation>
    </message>
    <message numerus="yes">
        <source>%n agent(s)</source>
        <translation><numerusform>%n 个代理</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n framework(s)</source>
        <translation><numerusform>%n 个框架</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n offer(s)</source>
        <translation><numerusform>%n 个邀约</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n task(s) running</source>
        <translation><numerusform>%n 个任务运行中</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n starting or stopping</source>
        <translation><numerusform>%n 个正在启动或停止</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n failed</source>
        <translation><numerusform>%n 个失败</numerusform></translation>
    </message>
</context>
<context>
    <name>meseta::console::TablePage</name>
    <message>
        <source>Filter (Ctrl+F)</source>
        <translation>筛选 (Ctrl+F)</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>筛选</translation>
    </message>
    <message numerus="yes">
        <source>%n row(s)</source>
        <translation><numerusform>%n 行</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n row(s) match</source>
        <translation><numerusform>%n 行匹配</numerusform></translation>
    </message>
    <message>
        <source>Nothing matches the filter.</source>
        <translation>没有符合筛选条件的内容。</translation>
    </message>
</context>
</TS>
