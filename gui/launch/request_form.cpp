#include "gui/launch/request_form.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QTabWidget>
#include <QVBoxLayout>

#include "gui/launch/amount_edit.h"
#include "gui/launch/request_fields.h"
#include "gui/model/formats.h"
#include "gui/model/replica.h"
#include "gui/widgets/theme.h"

namespace meseta::console {

namespace {

using Containerizer = LaunchRequest::Containerizer;
using Kind = LaunchRequest::HealthCheck::Kind;
using Network = LaunchRequest::Network;

template <typename Value> void addChoice(QComboBox *box, const QString &text, Value value)
{
    box->addItem(text, static_cast<int>(value));
}

template <typename Value> Value choice(const QComboBox *box)
{
    return static_cast<Value>(box->currentData().toInt());
}

void choose(QComboBox *box, const QVariant &data)
{
    box->setCurrentIndex(std::max(0, box->findData(data)));
}

QPlainTextEdit *linesEdit(const QString &hint, int lines)
{
    auto *edit = new QPlainTextEdit;
    edit->setPlaceholderText(hint);
    edit->setTabChangesFocus(true);
    edit->setLineWrapMode(QPlainTextEdit::NoWrap);
    edit->setFixedHeight(edit->fontMetrics().lineSpacing() * lines + 14);
    return edit;
}

QDoubleSpinBox *secondsEdit()
{
    auto *edit = new QDoubleSpinBox;
    edit->setDecimals(1);
    edit->setRange(0, 86400);
    edit->setSuffix(RequestForm::tr(" s"));
    return edit;
}

std::pair<QWidget *, QFormLayout *> makeTab()
{
    auto *tab = new QWidget;
    auto *column = new QVBoxLayout(tab); // what is left stays below the fields
    column->setContentsMargins(0, 0, 0, 0);
    auto *form = new QFormLayout;
    form->setContentsMargins(Theme::Small, Theme::Medium, Theme::Small, Theme::Small);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    column->addLayout(form);
    column->addStretch(1);
    return {tab, form};
}

QString message(const Error &error)
{
    return QString::fromStdString(error.message);
}

} // namespace

RequestForm::RequestForm(const Replica &replica, QWidget *parent)
    : QWidget(parent), m_replica(replica), m_tabs(new QTabWidget)
{
    m_tabs->setAccessibleName(tr("Parts of the form"));
    m_tabs->addTab(containerTab(), tr("Container"));
    m_tabs->addTab(networkTab(), tr("Network"));
    m_tabs->addTab(storageTab(), tr("Volumes and options"));
    m_tabs->addTab(healthTab(), tr("Health"));
    m_tabs->addTab(placementTab(), tr("Placement"));
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_tabs);
    fillAgents();
    watch();
    setRequest({});
    setFocusProxy(m_image);
}

QWidget *RequestForm::containerTab()
{
    auto [tab, form] = makeTab();
    form->addRow(tr("&Image"), m_image = new QLineEdit);
    m_image->setPlaceholderText(tr("library/redis, registry:5000/name:tag"));
    m_image->setObjectName(QStringLiteral("image"));
    form->addRow(tr("&Name"), m_name = new QLineEdit);
    m_name->setPlaceholderText(tr("from the image"));
    m_name->setObjectName(QStringLiteral("name"));
    form->addRow(tr("Run &with"), m_containerizer = new QComboBox);
    addChoice(m_containerizer, tr("Docker engine"), Containerizer::Docker);
    addChoice(m_containerizer, tr("Mesos containerizer, without an engine"), Containerizer::Mesos);
    form->addRow(tr("&CPUs"), m_cpus = new AmountEdit(2, 0.1, {}));
    form->addRow(tr("&Memory"), m_memory = new AmountEdit(0, 32, tr(" MiB")));
    form->addRow(tr("&Disk"), m_disk = new AmountEdit(0, 64, tr(" MiB")));
    m_cpus->setAccessibleNames(tr("CPUs"));
    m_memory->setAccessibleNames(tr("Memory"));
    m_disk->setAccessibleNames(tr("Disk"));
    form->addRow(tr("C&ommand"), m_command = new QLineEdit);
    m_command->setPlaceholderText(tr("the image's own"));
    m_command->setObjectName(QStringLiteral("command"));
    form->addRow(QString(), m_shell = new QCheckBox(tr("Run it as a line of the shell")));
    form->addRow(tr("&Environment"), m_environment = linesEdit(tr("NAME=value, one a line"), 3));
    form->addRow(tr("&User"), m_user = new QLineEdit);
    m_user->setPlaceholderText(tr("the image's own user"));
    form->addRow(QString(),
                 m_forcePull = new QCheckBox(tr("Pull the image even if the agent has it")));
    return tab;
}

QWidget *RequestForm::networkTab()
{
    auto [tab, form] = makeTab();
    form->addRow(tr("Net&work"), m_network = new QComboBox);
    addChoice(m_network, tr("Host"), Network::Host);
    addChoice(m_network, tr("Bridge"), Network::Bridge);
    addChoice(m_network, tr("None"), Network::None);
    addChoice(m_network, tr("A named one"), Network::Named);
    form->addRow(tr("Its na&me"), m_networkName = new QLineEdit);
    form->addRow(tr("&Ports"), m_ports = new QLineEdit);
    m_ports->setPlaceholderText(
        tr("8080:80, 6379, 53/udp; without a host port the offer's are taken"));
    form->addRow(tr("&Hostname"), m_hostname = new QLineEdit);
    return tab;
}

QWidget *RequestForm::storageTab()
{
    auto [tab, form] = makeTab();
    form->addRow(tr("&Volumes"),
                 m_volumes = linesEdit(tr("/on/the/agent:/in/the/container[:ro], one a line"), 4));
    form->addRow(tr("O&ptions"),
                 m_parameters =
                     linesEdit(tr("options of docker run: cap-add=NET_ADMIN, one a line"), 4));
    form->addRow(QString(),
                 m_privileged = new QCheckBox(tr("Privileged: all the powers of the host")));
    return tab;
}

QWidget *RequestForm::healthTab()
{
    auto [tab, form] = makeTab();
    form->addRow(tr("C&heck"), m_healthKind = new QComboBox);
    addChoice(m_healthKind, tr("None"), Kind::None);
    addChoice(m_healthKind, tr("A command that must succeed"), Kind::Command);
    addChoice(m_healthKind, tr("An HTTP answer of 200 to 399"), Kind::Http);
    addChoice(m_healthKind, tr("A TCP connection"), Kind::Tcp);
    form->addRow(tr("C&ommand"), m_healthCommand = new QLineEdit);
    form->addRow(tr("&Port"), m_healthPort = new QSpinBox);
    m_healthPort->setRange(0, 65535);
    form->addRow(tr("P&ath"), m_healthPath = new QLineEdit);
    form->addRow(tr("&Every"), m_interval = secondsEdit());
    form->addRow(tr("&Timeout"), m_timeout = secondsEdit());
    form->addRow(tr("&Grace at the start"), m_grace = secondsEdit());
    form->addRow(tr("Killed after failures in a &row"), m_failures = new QSpinBox);
    m_failures->setRange(0, 1000);
    return tab;
}

QWidget *RequestForm::placementTab()
{
    auto [tab, form] = makeTab();
    form->addRow(tr("&Instances"), m_instances = new QSpinBox);
    m_instances->setRange(1, 1000);
    form->addRow(tr("&Agent"), m_agent = new QComboBox);
    form->addRow(tr("&Role"), m_role = new QLineEdit);
    m_role->setPlaceholderText(QStringLiteral("*"));
    m_role->setObjectName(QStringLiteral("role"));
    form->addRow(QString(),
                 m_reserve = new QCheckBox(tr("Reserve its CPUs, memory and disk for the role")));
    m_reserve->setObjectName(QStringLiteral("reserve"));
    m_reserve->setToolTip(tr("They stay reserved when the task has ended, until somebody chooses "
                             "Unreserve on the agent."));
    form->addRow(tr("R&ules"),
                 m_constraints = linesEdit(
                     tr("rack = r1, rack != r2, rack ~ r[12] or hostname unique, one a line"), 4));
    return tab;
}

void RequestForm::fillAgents()
{
    m_agent->addItem(tr("Any that fits"), QString());
    const auto &agents = m_replica.agents();
    for (int slot = 0; slot < agents.slotCount() && m_agent->count() <= 1000; ++slot) {
        if (!agents.isLive(slot))
            continue;
        const AgentRow &agent = agents.at(slot);
        m_agent->addItem(tr("%1 (%2 CPUs, %3 free)")
                             .arg(agent.hostname + QLatin1Char(' ') + agent.address,
                                  amountText(agent.total.cpus - agent.allocated.cpus),
                                  memoryText(agent.total.memory - agent.allocated.memory)),
                         agent.id);
    }
}

void RequestForm::watch()
{
    const auto told = [this] {
        if (m_filling)
            return;
        enableFields();
        Q_EMIT changed();
    };
    for (auto *edit : findChildren<QLineEdit *>())
        connect(edit, &QLineEdit::textChanged, this, told);
    for (auto *edit : findChildren<QPlainTextEdit *>())
        connect(edit, &QPlainTextEdit::textChanged, this, told);
    for (auto *box : findChildren<QComboBox *>())
        connect(box, &QComboBox::currentIndexChanged, this, told);
    for (auto *box : findChildren<QCheckBox *>())
        connect(box, &QCheckBox::toggled, this, told);
    for (auto *amount : findChildren<AmountEdit *>())
        connect(amount, &AmountEdit::changed, this, told);
    connect(m_agent, &QComboBox::currentIndexChanged, this, &RequestForm::boundAmounts);
}

void RequestForm::setOffer(const std::optional<OfferRow> &offer)
{
    m_offer = offer;
    boundAmounts();
}

const OfferRow *RequestForm::offer() const
{
    return m_offer && m_offer->agentId == m_agent->currentData().toString() ? &*m_offer : nullptr;
}

// The sliders reach to what the offer holds, else to what the chosen agent, or the roomiest, has
// free.
void RequestForm::boundAmounts()
{
    const Amounts most = offer() ? offer()->resources : mostFree();
    m_cpus->setReach(most.cpus);
    m_memory->setReach(most.memory);
    m_disk->setReach(most.disk);
}

Amounts RequestForm::mostFree() const
{
    const QString wanted = m_agent->currentData().toString();
    Amounts most;
    const auto &agents = m_replica.agents();
    for (int slot = 0; slot < agents.slotCount(); ++slot) {
        if (!agents.isLive(slot) || (!wanted.isEmpty() && agents.at(slot).id != wanted))
            continue;
        const AgentRow &agent = agents.at(slot);
        most.cpus = std::max(most.cpus, agent.total.cpus - agent.allocated.cpus);
        most.memory = std::max(most.memory, agent.total.memory - agent.allocated.memory);
        most.disk = std::max(most.disk, agent.total.disk - agent.allocated.disk);
    }
    return most;
}

void RequestForm::enableFields()
{
    const auto network = choice<Network>(m_network);
    const bool docker = choice<Containerizer>(m_containerizer) == Containerizer::Docker;
    const auto kind = choice<Kind>(m_healthKind);
    m_networkName->setEnabled(network == Network::Named);
    m_ports->setEnabled(network == Network::Bridge || network == Network::Named);
    m_parameters->setEnabled(docker);
    m_privileged->setEnabled(docker);
    m_healthCommand->setEnabled(kind == Kind::Command);
    m_healthPort->setEnabled(kind == Kind::Http || kind == Kind::Tcp);
    m_healthPath->setEnabled(kind == Kind::Http);
    for (QWidget *field : {static_cast<QWidget *>(m_interval), static_cast<QWidget *>(m_timeout),
                           static_cast<QWidget *>(m_grace), static_cast<QWidget *>(m_failures)})
        field->setEnabled(kind != Kind::None);
}

LaunchRequest::HealthCheck RequestForm::health() const
{
    return {choice<Kind>(m_healthKind), m_healthCommand->text(), m_healthPort->value(),
            m_healthPath->text(),       m_interval->value(),     m_timeout->value(),
            m_grace->value(),           m_failures->value()};
}

LaunchRequest RequestForm::request() const
{
    LaunchRequest request = m_given;
    request.image = m_image->text().trimmed();
    request.name = m_name->text().trimmed();
    request.containerizer = choice<Containerizer>(m_containerizer);
    request.cpus = m_cpus->value();
    request.memory = m_memory->value();
    request.disk = m_disk->value();
    request.command = m_command->text();
    request.shell = m_shell->isChecked();
    request.environment =
        parsePairs(m_environment->toPlainText(), {}).value_or(request.environment);
    request.user = m_user->text().trimmed();
    request.forcePull = m_forcePull->isChecked();
    request.network = choice<Network>(m_network);
    request.networkName = m_networkName->text().trimmed();
    request.ports.clear();
    if (m_ports->isEnabled())
        request.ports = parsePorts(m_ports->text()).value_or(QList<LaunchRequest::PortMapping>());
    request.hostname = m_hostname->text().trimmed();
    request.volumes = parseVolumes(m_volumes->toPlainText()).value_or(request.volumes);
    const bool docker = request.containerizer == Containerizer::Docker;
    request.parameters = docker
        ? parsePairs(m_parameters->toPlainText(), {}).value_or(request.parameters)
        : QList<std::pair<QString, QString>>();
    request.privileged = docker && m_privileged->isChecked();
    request.healthCheck = health();
    request.instances = m_instances->value();
    request.agentId = m_agent->currentData().toString();
    request.role = m_role->text().trimmed();
    request.reserve = m_reserve->isChecked();
    request.constraints =
        parseConstraints(m_constraints->toPlainText()).value_or(request.constraints);
    return request;
}

void RequestForm::setRequest(const LaunchRequest &request)
{
    m_filling = true;
    m_given = request;
    fillPlain(request);
    fillHealth(request.healthCheck);
    boundAmounts();
    enableFields();
    m_filling = false;
}

void RequestForm::fillPlain(const LaunchRequest &request)
{
    m_image->setText(request.image);
    m_name->setText(request.name);
    choose(m_containerizer, static_cast<int>(request.containerizer));
    m_cpus->setValue(request.cpus);
    m_memory->setValue(request.memory);
    m_disk->setValue(request.disk);
    m_command->setText(request.command);
    m_shell->setChecked(request.shell);
    m_environment->setPlainText(pairsText(request.environment));
    m_user->setText(request.user);
    m_forcePull->setChecked(request.forcePull);
    choose(m_network, static_cast<int>(request.network));
    m_networkName->setText(request.networkName);
    m_ports->setText(portsText(request.ports));
    m_hostname->setText(request.hostname);
    m_volumes->setPlainText(volumesText(request.volumes));
    m_parameters->setPlainText(pairsText(request.parameters));
    m_privileged->setChecked(request.privileged);
    m_instances->setValue(request.instances);
    choose(m_agent, request.agentId);
    m_role->setText(request.role);
    m_reserve->setChecked(request.reserve);
    m_constraints->setPlainText(constraintsText(request.constraints));
}

void RequestForm::fillHealth(const LaunchRequest::HealthCheck &check)
{
    choose(m_healthKind, static_cast<int>(check.kind));
    m_healthCommand->setText(check.command);
    m_healthPort->setValue(check.port);
    m_healthPath->setText(check.path);
    m_interval->setValue(check.interval);
    m_timeout->setValue(check.timeout);
    m_grace->setValue(check.grace);
    m_failures->setValue(check.failures);
}

std::optional<LaunchRequest::Problem> RequestForm::problem() const
{
    using Problem = LaunchRequest::Problem;
    if (m_ports->isEnabled()) {
        if (const auto ports = parsePorts(m_ports->text()); !ports)
            return Problem{QStringLiteral("ports"), message(ports.error())};
    }
    if (const auto pairs = parsePairs(m_environment->toPlainText(), tr("Environment")); !pairs)
        return Problem{QStringLiteral("environment"), message(pairs.error())};
    if (const auto volumes = parseVolumes(m_volumes->toPlainText()); !volumes)
        return Problem{QStringLiteral("volumes"), message(volumes.error())};
    if (const auto pairs = parsePairs(m_parameters->toPlainText(), tr("Options")); !pairs)
        return Problem{QStringLiteral("parameters"), message(pairs.error())};
    if (const auto rules = parseConstraints(m_constraints->toPlainText()); !rules)
        return Problem{QStringLiteral("constraints"), message(rules.error())};
    return std::nullopt;
}

void RequestForm::showField(const QString &field)
{
    const QHash<QString, QWidget *> fields{
        {QStringLiteral("image"), m_image},       {QStringLiteral("name"), m_name},
        {QStringLiteral("cpus"), m_cpus},         {QStringLiteral("memory"), m_memory},
        {QStringLiteral("command"), m_command},   {QStringLiteral("environment"), m_environment},
        {QStringLiteral("network"), m_network},   {QStringLiteral("ports"), m_ports},
        {QStringLiteral("volumes"), m_volumes},   {QStringLiteral("parameters"), m_parameters},
        {QStringLiteral("health"), m_healthKind}, {QStringLiteral("instances"), m_instances},
        {QStringLiteral("role"), m_role},         {QStringLiteral("constraints"), m_constraints}};
    QWidget *widget = fields.value(field);
    if (!widget)
        return;
    for (int tab = 0; tab < m_tabs->count(); ++tab) {
        if (m_tabs->widget(tab)->isAncestorOf(widget))
            m_tabs->setCurrentIndex(tab);
    }
    widget->setFocus();
}

} // namespace meseta::console
