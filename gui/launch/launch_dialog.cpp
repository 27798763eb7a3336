#include "gui/launch/launch_dialog.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

#include "gui/model/sources.h"

namespace meseta::console {

LaunchDialog::LaunchDialog(const Replica &replica, QWidget *parent)
    : QDialog(parent)
    , m_image(new QLineEdit)
    , m_name(new QLineEdit)
    , m_cpus(new QDoubleSpinBox)
    , m_memory(new QSpinBox)
    , m_network(new QComboBox)
    , m_ports(new QLineEdit)
    , m_command(new QLineEdit)
    , m_environment(new QPlainTextEdit)
    , m_agent(new QComboBox)
    , m_forcePull(new QCheckBox(tr("Pull the image even if the agent has it")))
    , m_problem(new QLabel)
    , m_launch(new QPushButton(tr("Launch")))
{
    setWindowTitle(tr("Launch a Docker task"));
    fillAgents(replica);
    buildForm();
    check();
    m_image->setFocus();
}

void LaunchDialog::buildForm()
{
    m_image->setPlaceholderText(tr("library/redis, registry:5000/name:tag"));
    m_name->setPlaceholderText(tr("from the image"));
    m_cpus->setRange(0, 4096);
    m_cpus->setDecimals(2);
    m_cpus->setSingleStep(0.1);
    m_cpus->setValue(0.1);
    m_memory->setRange(0, 64 * 1024 * 1024);
    m_memory->setSingleStep(32);
    m_memory->setSuffix(tr(" MiB"));
    m_memory->setValue(128);
    m_network->addItem(tr("Host"), static_cast<int>(LaunchRequest::Network::Host));
    m_network->addItem(tr("Bridge"), static_cast<int>(LaunchRequest::Network::Bridge));
    m_network->addItem(tr("None"), static_cast<int>(LaunchRequest::Network::None));
    m_ports->setPlaceholderText(tr("container ports: 6379, 53/udp"));
    m_command->setPlaceholderText(tr("the image's own"));
    m_environment->setPlaceholderText(tr("NAME=value, one a line"));
    m_environment->setMaximumHeight(72);
    m_environment->setTabChangesFocus(true);
    m_problem->setTextFormat(Qt::PlainText);
    m_problem->setWordWrap(true);
    m_problem->setMinimumHeight(fontMetrics().height() * 2 + 4);

    auto *form = new QFormLayout;
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    form->addRow(tr("&Image"), m_image);
    form->addRow(tr("&Name"), m_name);
    form->addRow(tr("&CPUs"), m_cpus);
    form->addRow(tr("&Memory"), m_memory);
    form->addRow(tr("Net&work"), m_network);
    form->addRow(tr("&Ports"), m_ports);
    form->addRow(tr("C&ommand"), m_command);
    form->addRow(tr("&Environment"), m_environment);
    form->addRow(tr("&Agent"), m_agent);
    form->addRow(QString(), m_forcePull);

    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
    buttons->addButton(m_launch, QDialogButtonBox::AcceptRole);
    m_launch->setObjectName(QStringLiteral("launch"));
    m_launch->setDefault(true);
    auto *column = new QVBoxLayout(this);
    column->addLayout(form);
    column->addWidget(m_problem);
    column->addWidget(buttons);
    setMinimumWidth(460);

    connect(buttons, &QDialogButtonBox::accepted, this, [this] {
        if (!request().problem()) {
            Q_EMIT launchRequested(request());
            accept();
        }
    });
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    for (QLineEdit *edit : {m_image, m_name, m_ports, m_command})
        connect(edit, &QLineEdit::textChanged, this, &LaunchDialog::check);
    connect(m_cpus, &QDoubleSpinBox::valueChanged, this, &LaunchDialog::check);
    connect(m_memory, &QSpinBox::valueChanged, this, &LaunchDialog::check);
    connect(m_network, &QComboBox::currentIndexChanged, this, &LaunchDialog::check);
    connect(m_environment, &QPlainTextEdit::textChanged, this, &LaunchDialog::check);
}

void LaunchDialog::fillAgents(const Replica &replica)
{
    m_agent->addItem(tr("Any that fits"), QString());
    for (int slot = 0; slot < replica.agents().slotCount(); ++slot) {
        if (!replica.agents().isLive(slot))
            continue;
        const AgentRow &agent = replica.agents().at(slot);
        m_agent->addItem(tr("%1 (%2 CPUs, %3 free)")
                             .arg(agent.hostname + QLatin1Char(' ') + agent.address,
                                  amountText(agent.total.cpus - agent.allocated.cpus),
                                  memoryText(agent.total.memory - agent.allocated.memory)),
                         agent.id);
    }
}

QList<LaunchRequest::PortMapping> LaunchDialog::ports() const
{
    QList<LaunchRequest::PortMapping> ports;
    for (const QString &part : m_ports->text().split(QLatin1Char(','), Qt::SkipEmptyParts)) {
        LaunchRequest::PortMapping port;
        port.containerPort = part.section(QLatin1Char('/'), 0, 0)
                                 .trimmed()
                                 .toInt(); // no number: 0, which is refused
        if (part.contains(QLatin1Char('/')))
            port.protocol = part.section(QLatin1Char('/'), 1).trimmed();
        ports << port;
    }
    return ports;
}

QList<std::pair<QString, QString>> LaunchDialog::environment() const
{
    QList<std::pair<QString, QString>> variables;
    for (const QString &line :
         m_environment->toPlainText().split(QLatin1Char('\n'), Qt::SkipEmptyParts)) {
        const auto equals = line.indexOf(QLatin1Char('='));
        variables.emplace_back(equals < 0 ? QString() : line.left(equals).trimmed(),
                               line.mid(equals + 1));
    }
    return variables;
}

LaunchRequest LaunchDialog::request() const
{
    LaunchRequest request;
    request.image = m_image->text().trimmed();
    request.name = m_name->text().trimmed();
    request.cpus = m_cpus->value();
    request.memory = m_memory->value();
    request.network = static_cast<LaunchRequest::Network>(m_network->currentData().toInt());
    request.ports = ports();
    request.command = m_command->text();
    request.environment = environment();
    request.forcePull = m_forcePull->isChecked();
    request.agentId = m_agent->currentData().toString();
    return request;
}

void LaunchDialog::setRequest(const LaunchRequest &request)
{
    m_image->setText(request.image);
    m_name->setText(request.name);
    m_cpus->setValue(request.cpus);
    m_memory->setValue(static_cast<int>(request.memory));
    m_network->setCurrentIndex(m_network->findData(static_cast<int>(request.network)));
    m_command->setText(request.command);
    m_forcePull->setChecked(request.forcePull);
    m_agent->setCurrentIndex(std::max(0, m_agent->findData(request.agentId)));
}

void LaunchDialog::check()
{
    m_ports->setEnabled(m_network->currentData().toInt()
                        == static_cast<int>(LaunchRequest::Network::Bridge));
    const auto problem = request().problem();
    m_problem->setText(problem ? problem->text : QString());
    m_launch->setEnabled(!problem);
}

} // namespace meseta::console
